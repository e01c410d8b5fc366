// What the integer kernels are given. Activations are dense [h, w, channels] of one
// sample, real value = scale * (q - zero point). Every result is exact integer
// arithmetic (docs/numerics.md, rules 7 and 8), so all instruction sets give equal bits.
#pragma once

#include "kernels/arguments.h"

namespace kinglet {

/// kDouble: as the reference kernels of TensorFlow Lite are built by default.
/// kSingle: one rounding, ties toward positive infinity.
enum class Rounding : std::uint8_t { kDouble, kSingle };

/// The real factor value * 2^(shift - 31).
struct Multiplier {
  std::int32_t value = 0;
  std::int32_t shift = 0;
  bool operator==(const Multiplier&) const = default;
};

/// What happens to a rescaled sum: the zero point is added, then it is clamped.
struct IntOutput {
  std::int32_t zero_point = 0;
  std::int32_t low = -128;
  std::int32_t high = 127;
  Rounding rounding = Rounding::kDouble;
};

/// out[o] = output(factor * (bias[o] + sum of w * (x - in_zero_point))) over the taps
/// inside the input, factor either multipliers[o] or factors[o]. Sum is std::int32_t, or
/// std::int64_t for sums of 16-bit activations with a 64-bit bias.
template <typename Sum>
struct IntConvPlan {
  Axis h;
  Axis w;
  Size in_channels = 1;
  Size out_channels = 1;
  Size groups = 1;
  std::int32_t in_zero_point = 0;
  const std::int8_t* weights = nullptr;  ///< [out_channels][kh][kw][in_channels / groups]
  const Sum* bias = nullptr;             ///< [out_channels]
  const Multiplier* multipliers = nullptr;  ///< [out_channels], or null
  const double* factors = nullptr;          ///< [out_channels], or null
  IntOutput output;
};

/// Output channel o reads input channel o / multiplier.
template <typename Sum>
struct IntDepthwisePlan {
  Axis h;
  Axis w;
  Size in_channels = 1;
  Size multiplier = 1;
  std::int32_t in_zero_point = 0;
  const std::int8_t* weights = nullptr;  ///< [kh][kw][in_channels * multiplier]
  const Sum* bias = nullptr;
  const Multiplier* multipliers = nullptr;
  IntOutput output;
};

/// How the vector kernels read an input: less its zero point, as wider numbers, with
/// zeros around it, so that no window leaves it.
struct WidenPlan {
  Size rows = 1;  ///< of the result, [rows][columns][channels]
  Size columns = 1;
  Size channels = 1;
  Size in_rows = 1;
  Size in_columns = 1;
  Size in_channels = 1;  ///< `channels`, or a divisor: then each comes several times
  Size top = 0;          ///< where the input begins
  Size left = 0;
  std::int32_t zero_point = 0;
  /// The input is a matrix [in_rows][in_columns] and the result its transpose:
  /// [1][columns][channels], the rows become channels.
  bool turned = false;
};

/// Rescaling of sums in panels: each array has kPanel numbers a panel.
struct RescalePlan {
  const std::int32_t* bias = nullptr;
  const std::int32_t* multipliers = nullptr;
  const std::int32_t* left_shifts = nullptr;
  const std::int32_t* right_shifts = nullptr;
  const double* factors = nullptr;  ///< instead of multipliers, if not null
};

/// A convolution made ready by PackedInt8Conv. An output reads `run_count` runs of
/// `run_pairs` pairs of neighbouring elements of the widened input.
struct Int8ConvPlan {
  IntConvPlan<std::int32_t> plain;
  WidenPlan widen;
  Axis h;  ///< over the widened input
  Axis w;
  const Size* runs = nullptr;  ///< offsets from the window's corner
  Size run_count = 0;
  Size run_pairs = 0;
  const std::int16_t* weights = nullptr;  ///< [groups][panels][run][pair][kPanel][2]
  RescalePlan rescale;
};

/// A depthwise convolution made ready by PackedInt8Depthwise.
struct Int8DepthwisePlan {
  IntDepthwisePlan<std::int32_t> plain;
  WidenPlan widen;
  const float* weights = nullptr;  ///< [ky][kx][channels]
  RescalePlan rescale;
  Size sums = 0;  ///< offset behind the widened input, in floats
};

/// Windows over [h, w, channels]; cells outside are left out.
struct IntPoolPlan {
  Axis h;
  Axis w;
  Size channels = 1;
  std::int32_t low = -128;
  std::int32_t high = 127;
};

/// `kPRelu`: the factor `a` where the first operand is not negative, elsewhere the
/// product times `result`. Of `kAdd`, `kSub`, `kSquaredDifference` the operands are first
/// brought to a common scale: each is shifted left and multiplied. `kMaximum`, `kMinimum`
/// compare integers.
enum class IntBinaryOp : std::uint8_t {
  kAdd,
  kSub,
  kMul,
  kSquaredDifference,
  kMaximum,
  kMinimum,
  kPRelu
};

struct IntBinaryPlan {
  IntBinaryOp op = IntBinaryOp::kAdd;
  std::int32_t a_zero_point = 0;
  std::int32_t b_zero_point = 0;
  int left_shift = 0;
  Multiplier a = {};
  Multiplier b = {};
  Multiplier result = {};
  IntOutput output = {};
};

/// `kMean`: output(multiplier * sum of (x - in_zero_point)); `kSum`: output(round(factor
/// * sum of x + offset)), in float32; `kMaximum`, `kMinimum`: integers only; `kProduct`:
/// each product of x - in_zero_point is rescaled, and so is the last.
enum class IntReduceOp : std::uint8_t { kMean, kSum, kMaximum, kMinimum, kProduct };

struct IntReducePlan {
  IntReduceOp op = IntReduceOp::kMean;
  std::int32_t in_zero_point = 0;  ///< of `kMean`, `kProduct`
  Multiplier multiplier = {};
  float factor = 1.0F;  ///< of `kSum`
  float offset = 0.0F;
  IntOutput output = {};
};

/// in[outer][count][inner] -> out[outer][inner].
template <typename T>
struct IntReduceArgs {
  Size outer = 1;
  Size count = 1;
  Size inner = 1;
  const T* in = nullptr;
  T* out = nullptr;
};

/// As BinaryArgs, without the clamp.
template <typename T>
struct IntBinaryArgs {
  Size rows = 1;
  Size columns = 0;
  const T* a = nullptr;
  Size a_row = 0;
  Size a_column = 1;
  const T* b = nullptr;
  Size b_row = 0;
  Size b_column = 1;
  T* out = nullptr;  ///< [rows][columns]
};

/// out[i][j] = output(multiplier * sum over k of (x[i][k] - x_zero_point) * (y[k][j] -
/// y_zero_point)), out dense. Distances of neighbouring elements, in elements.
struct IntMatrixPlan {
  Size m = 1;
  Size k = 1;
  Size n = 1;
  Size x_row = 1;
  Size x_step = 1;  ///< along k
  Size y_step = 1;  ///< along k
  Size y_column = 1;
  std::int32_t x_zero_point = 0;
  std::int32_t y_zero_point = 0;
  Multiplier multiplier = {};
  IntOutput output = {};
};

}  // namespace kinglet
