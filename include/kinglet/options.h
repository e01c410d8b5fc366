// What a conversion can be asked for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kinglet {

/// How weights and activations are stored and computed.
enum class QuantizationMode : std::uint8_t {
  kPtq,      ///< INT8 weights and activations, float32 input and output
  kInt16x8,  ///< INT8 weights, INT16 activations, float32 input and output
  kDynamic,  ///< INT8 weights, float32 activations
  kFloat16,  ///< float16 weights, float32 activations
  kNone,     ///< float32
};

/// How scales, weights and biases are chosen.
enum class Recipe : std::uint8_t {
  kTf,       ///< TensorFlow's: minimum and maximum, its treatment of additions included
  kDefault,  ///< the best of several by measurement (recipe_steps.h); seconds
  kMax,      ///< the best of many; minutes
};

/// How many results of operations, those whose rounding to INT8 costs most, are kept in
/// INT16 or in float32. At most one of them is above zero.
struct MixedPrecision {
  std::int64_t int16 = 0;
  std::int64_t float32 = 0;

  [[nodiscard]] bool IsAsked() const { return int16 > 0 || float32 > 0; }
  bool operator==(const MixedPrecision&) const = default;
};

/// Whether a hybrid AudioFrontendLayer divides by the largest value of the sample: the
/// file doesn't say, its structure usually does.
enum class FrontendNormalization : std::uint8_t { kAuto, kOn, kOff };

/// What the reading of a Keras file can be told.
struct ImportOptions {
  FrontendNormalization frontend_normalization = FrontendNormalization::kAuto;
  /// By input name, batch included.
  std::map<std::string, std::vector<std::int64_t>> input_shapes;
};

}  // namespace kinglet
