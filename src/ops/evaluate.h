// One node run by itself.
#pragma once

#include <vector>

#include "base/tensor.h"
#include "ops/op_def.h"

namespace kinglet {

/// The results of a node whose inputs are all constants.
/// REQUIRES: ProblemOf(view) is nothing.
std::vector<Tensor> Evaluate(const NodeView& view);

}  // namespace kinglet
