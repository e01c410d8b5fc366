// What the numeric kernels are given: pointers, sizes and plans, all plain data, so that
// the files compiled for one instruction set share no inline code with the others.
//
// Activations are dense [h, w, channels] of one sample. Every sum is one chain per output
// element in a fixed order, so that all instruction sets give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace kinglet {

/// Counts, strides and offsets, in elements.
using Size = std::ptrdiff_t;

/// Output channels in one panel of packed weights.
inline constexpr Size kPanel = 16;

/// Samples with one maximum (KernelTable::group_maxima).
inline constexpr Size kGroupSize = 16;

/// x < low becomes low, x > high becomes high; NaN stays.
struct Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// One axis of a sliding window. Output i reads inputs i * stride - before + k *
/// dilation.
struct Axis {
  Size in = 1;
  Size out = 1;
  Size kernel = 1;
  Size stride = 1;
  Size dilation = 1;
  Size before = 0;

  /// Whether output i reads input i alone.
  [[nodiscard]] bool IsPointwise() const {
    return kernel == 1 && stride == 1 && before == 0 && in == out;
  }
};

/// Taps of a convolution whose inputs are read in one go: those from (ky, kx) to
/// (ky, kx + taps - 1), or with ConvPlan::step != 1 a whole kernel column.
struct ConvRun {
  Size ky = 0;
  Size kx = 0;
  Size taps = 1;      ///< along x
  Size elements = 1;  ///< multiply-adds per output
};

/// A convolution made ready by PackConv. out = clamp(fma chain from the bias over taps
/// (ky, kx), input channels ascending); padding contributes products with zero.
struct ConvPlan {
  Axis h;
  Axis w;
  Size in_channels = 1;
  Size out_channels = 1;
  Size groups = 1;
  Size depth = 1;       ///< multiply-adds per output: kernel area * channels read
  Size step = 1;        ///< floats between the elements of a run
  bool padded = false;  ///< some window leaves the input
  const ConvRun* runs = nullptr;
  Size run_count = 0;
  Size longest_run = 0;
  const float* weights = nullptr;  ///< [groups][panels][depth][kPanel]
  const float* bias = nullptr;     ///< [groups][panels][kPanel]
  const float* zeros = nullptr;    ///< [longest_run]
  Clamp clamp;
};

/// Output channel i reads input channel i / multiplier; taps outside are left out.
struct DepthwisePlan {
  Axis h;
  Axis w;
  Size in_channels = 1;
  Size multiplier = 1;
  const float* weights = nullptr;  ///< [ky][kx][in_channels * multiplier]
  const float* bias = nullptr;     ///< [in_channels * multiplier]
  Clamp clamp;
};

/// Windows over [h, w, channels]; cells outside are left out.
struct PoolPlan {
  Axis h;
  Axis w;
  Size channels = 1;
  Clamp clamp;
};

/// `kMaximum`: a > b ? a : b, `kMinimum`: a < b ? a : b, `kPRelu`: a >= 0 ? a : a * b.
enum class BinaryOp : std::uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMaximum,
  kMinimum,
  kFloorDiv,
  kPRelu,
  kSquaredDifference
};

/// out[r][c] = clamp(op(a[r * a_row + c * a_column], b[r * b_row + c * b_column])).
/// REQUIRES: column strides 0 or 1, not both 0 unless there is one column. `out` may be
/// `a` or `b` where that is dense.
struct BinaryArgs {
  Size rows = 1;
  Size columns = 0;
  const float* a = nullptr;
  Size a_row = 0;
  Size a_column = 1;
  const float* b = nullptr;
  Size b_row = 0;
  Size b_column = 1;
  float* out = nullptr;  ///< [rows][columns]
  Clamp clamp;
};

/// `kRound`: halves to the even integer.
enum class UnaryOp : std::uint8_t {
  kExp,
  kLog,
  kTanh,
  kLogistic,
  kSqrt,
  kRsqrt,
  kAbs,
  kNeg,
  kSquare,
  kCeil,
  kFloor,
  kRound,
  kElu,
  kGelu,
  kGeluTanh,
  kHardSwish
};

/// `kMean` divides the sum by the count; `kMax` and `kMin` ignore NaN and are never -0.
enum class ReduceOp : std::uint8_t { kSum, kMean, kMax, kMin, kProduct };

/// in[outer][count][inner] -> out[outer][inner], in the order of `count`.
struct ReduceArgs {
  Size outer = 1;
  Size count = 1;
  Size inner = 1;
  const float* in = nullptr;
  float* out = nullptr;
};

/// Smallest and largest of the numbers, never -0. NaN is left out and noted.
struct Extremes {
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  bool has_nan = false;
};

/// Real value = scale * (q - zero_point).
struct Scale {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};

}  // namespace kinglet
