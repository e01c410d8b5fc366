// Rounding of weights with regard to each other: what rounding one of them spoils, those
// that are rounded after it make good, as far as their inputs go together.
#pragma once

#include <span>
#include <vector>

#include "base/tensor.h"
#include "ops/linear.h"
#include "tune/gram.h"

namespace kinglet {

/// Integers of int8 weights with given scales (one, or one per output channel) that make
/// the output's variance from the float layer small. REQUIRES: one Gram a group.
Tensor RoundWeights(const LinearGeometry& linear, const Tensor& weights,
                    std::span<const float> scales, std::span<const Gram> grams,
                    std::size_t workers);

}  // namespace kinglet
