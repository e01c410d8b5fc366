// What the recipes default and max may do, step by step.
#pragma once

#include <cstdint>
#include <optional>

namespace kinglet {

/// What the ends of an activation's range are.
enum class RangeMethod : std::uint8_t {
  kMinMax,
  kPercentile,     ///< 0.01 % of the numbers lie beyond each end
  kMse,            ///< the least squared error of rounding and cutting together
  kNormalizedMse,  ///< the same with each sample's error over its own variance
  kEntropy,        ///< the least divergence of the levels from the histogram
};

/// Single steps of those recipes. What is empty is decided by held-back samples.
struct RecipeSteps {
  std::optional<RangeMethod> ranges = std::nullopt;
  /// Scale channels so that they fill their tensor's range.
  std::optional<bool> equalize = std::nullopt;
  /// Equal means in every layer.
  std::optional<bool> bias_correction = std::nullopt;
  /// Round weights with regard to each other.
  std::optional<bool> adaround = std::nullopt;
  /// Per cent of the model's multiply-accumulates that fine planes of inputs, results
  /// with dither and splits of tensors may add; none: without float operators at inputs
  /// and outputs as well.
  /// Empty: 30 with recipe max, else none.
  std::optional<double> max_extra_macs = std::nullopt;
  bool operator==(const RecipeSteps&) const = default;
};

}  // namespace kinglet
