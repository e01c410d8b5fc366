// The mean output of a linear operation, without running it: the sum over its output
// positions is linear in the sums of what each tap of the kernel reads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/linear.h"

namespace kinglet {

/// By tap and input channel: the mean over output positions of what the tap reads,
/// padding as zero. `input` is one sample.
std::vector<double> TapMeans(const LinearGeometry& linear, std::span<const float> input);
/// The same of (q - zero point).
std::vector<double> TapMeans(const LinearGeometry& linear,
                             std::span<const std::int8_t> input, std::int32_t zero_point);
/// The same of q, whose zero point is 0.
std::vector<double> TapMeans(const LinearGeometry& linear,
                             std::span<const std::int16_t> input);

/// Per output channel the products of `weights` with the means of its taps.
std::vector<double> MeanProducts(const LinearGeometry& linear,
                                 std::span<const double> tap_means,
                                 std::span<const float> weights);
std::vector<double> MeanProducts(const LinearGeometry& linear,
                                 std::span<const double> tap_means,
                                 std::span<const std::int8_t> weights);

}  // namespace kinglet
