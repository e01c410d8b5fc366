// The table of the plain C++ kernels, with those that are a single loop.
#include <cmath>
#include <limits>

#include "kernels/portable.h"
#include "kernels/portable_int.h"
#include "kernels/tables.h"

namespace kinglet {
namespace portable {
namespace {

float Apply(BinaryOp op, float a, float b) {
  switch (op) {
    case BinaryOp::kAdd:
      return a + b;
    case BinaryOp::kSub:
      return a - b;
    case BinaryOp::kMul:
      return a * b;
    case BinaryOp::kDiv:
      return a / b;
    case BinaryOp::kMaximum:
      return a > b ? a : b;
    case BinaryOp::kMinimum:
      return a < b ? a : b;
    case BinaryOp::kFloorDiv:
      return std::floor(a / b);
    case BinaryOp::kPRelu:
      return a >= 0.0F ? a : a * b;
    case BinaryOp::kSquaredDifference:
      return (a - b) * (a - b);
  }
  return 0.0F;
}

void Binary(BinaryOp op, const BinaryArgs& args) {
  for (Size r = 0; r < args.rows; ++r) {
    for (Size c = 0; c < args.columns; ++c) {
      const float a = args.a[r * args.a_row + c * args.a_column];
      const float b = args.b[r * args.b_row + c * args.b_column];
      args.out[r * args.columns + c] = Clamped(Apply(op, a, b), args.clamp);
    }
  }
}

float Apply(UnaryOp op, float x) {
  switch (op) {
    case UnaryOp::kExp:
      return Exp(x);
    case UnaryOp::kLog:
      return Log(x);
    case UnaryOp::kTanh:
      return Tanh(x);
    case UnaryOp::kLogistic:
      return Logistic(x);
    case UnaryOp::kSqrt:
      return std::sqrt(x);
    case UnaryOp::kRsqrt:
      return 1.0F / std::sqrt(x);
    case UnaryOp::kAbs:
      return std::fabs(x);
    case UnaryOp::kNeg:
      return -x;
    case UnaryOp::kSquare:
      return x * x;
    case UnaryOp::kCeil:
      return std::ceil(x);
    case UnaryOp::kFloor:
      return std::floor(x);
    case UnaryOp::kRound:
      return std::nearbyint(x);
    case UnaryOp::kElu:
      return Elu(x);
    case UnaryOp::kGelu:
      return Gelu(x);
    case UnaryOp::kGeluTanh:
      return GeluTanh(x);
    case UnaryOp::kHardSwish:
      return HardSwish(x);
  }
  return 0.0F;
}

void Unary(UnaryOp op, Size n, const float* in, float* out) {
  for (Size i = 0; i < n; ++i) out[i] = Apply(op, in[i]);
}

void ClampAll(Clamp clamp, Size n, const float* in, float* out) {
  for (Size i = 0; i < n; ++i) out[i] = Clamped(in[i], clamp);
}

void LeakyRelu(float alpha, Size n, const float* in, float* out) {
  for (Size i = 0; i < n; ++i) out[i] = in[i] >= 0.0F ? in[i] : in[i] * alpha;
}

void Softmax(float beta, Size rows, Size columns, const float* in, float* out) {
  for (Size r = 0; r < rows; ++r, in += columns, out += columns) {
    float largest = -std::numeric_limits<float>::infinity();
    for (Size i = 0; i < columns; ++i) largest = in[i] > largest ? in[i] : largest;
    float sum = 0.0F;
    for (Size i = 0; i < columns; ++i) {
      out[i] = Exp((in[i] - largest) * beta);
      sum += out[i];
    }
    for (Size i = 0; i < columns; ++i) out[i] /= sum;
  }
}

float StartOf(ReduceOp op) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (op == ReduceOp::kMax) return -kInfinity;
  if (op == ReduceOp::kMin) return kInfinity;
  return op == ReduceOp::kProduct ? 1.0F : 0.0F;
}

float Fold(ReduceOp op, float acc, float x) {
  switch (op) {
    case ReduceOp::kMax:
      return x > acc ? x : acc;
    case ReduceOp::kMin:
      return x < acc ? x : acc;
    case ReduceOp::kProduct:
      return acc * x;
    default:
      return acc + x;
  }
}

float ReduceOne(ReduceOp op, const ReduceArgs& args, const float* in) {
  float acc = StartOf(op);
  for (Size i = 0; i < args.count; ++i) acc = Fold(op, acc, in[i * args.inner]);
  if (op == ReduceOp::kMax || op == ReduceOp::kMin) return acc + 0.0F;
  return op == ReduceOp::kMean ? acc / static_cast<float>(args.count) : acc;
}

void Reduce(ReduceOp op, const ReduceArgs& args) {
  for (Size o = 0; o < args.outer; ++o) {
    for (Size i = 0; i < args.inner; ++i) {
      args.out[o * args.inner + i] =
          ReduceOne(op, args, args.in + o * args.count * args.inner + i);
    }
  }
}

template <typename T>
void Transpose(Size rows, Size columns, const T* in, Size in_stride, T* out,
               Size out_stride) {
  for (Size r = 0; r < rows; ++r) {
    for (Size c = 0; c < columns; ++c) out[c * out_stride + r] = in[r * in_stride + c];
  }
}

void AddRowsInt8(Size rows, Size n, const std::int8_t* in, Size in_stride,
                 std::int32_t* sums) {
  for (Size r = 0; r < rows; ++r, in += in_stride) {
    for (Size i = 0; i < n; ++i) sums[i] += in[i];
  }
}

void DotsInt8(Size n, const std::int8_t* a, Size count, const std::int8_t* const* b,
              std::int32_t* out) {
  for (Size j = 0; j < count; ++j) {
    out[j] = 0;
    for (Size i = 0; i < n; ++i) out[j] += std::int32_t{a[i]} * b[j][i];
  }
}

void MapInt8(const std::int8_t* table, Size n, const std::int8_t* in, std::int8_t* out) {
  for (Size i = 0; i < n; ++i) out[i] = table[static_cast<std::uint8_t>(in[i])];
}

Extremes ExtremesOf(Size n, const float* in) {
  Extremes result;
  for (Size i = 0; i < n; ++i) {
    if (in[i] < result.min) result.min = in[i];
    if (in[i] > result.max) result.max = in[i];
    if (std::isnan(in[i])) result.has_nan = true;
  }
  result.min += 0.0F;
  result.max += 0.0F;
  return result;
}

template <typename T>
void Quantize(Scale scale, Size n, const float* in, T* out) {
  constexpr std::int32_t kHighest = std::numeric_limits<T>::max();
  constexpr std::int32_t kLowest = -kHighest - 1;
  const Clamp bounds{kHighest * -4.0F, kHighest * 4.0F};
  for (Size i = 0; i < n; ++i) {
    const float ratio = std::isnan(in[i]) ? 0.0F : in[i] / scale.scale;
    const auto rounded = static_cast<std::int32_t>(std::round(Clamped(ratio, bounds)));
    const std::int32_t q = rounded + scale.zero_point;
    out[i] = static_cast<T>(q < kLowest ? kLowest : (q > kHighest ? kHighest : q));
  }
}

template <typename T>
void Dequantize(Scale scale, Size n, const T* in, float* out) {
  for (Size i = 0; i < n; ++i) {
    out[i] = static_cast<float>(in[i] - scale.zero_point) * scale.scale;
  }
}

}  // namespace
}  // namespace portable

const KernelTable kPortableKernels = {
    .instruction_set = InstructionSet::kPortable,
    .conv = portable::Conv,
    .depthwise = portable::Depthwise,
    .average_pool = portable::AveragePool,
    .max_pool = portable::MaxPool,
    .binary = portable::Binary,
    .unary = portable::Unary,
    .clamp = portable::ClampAll,
    .leaky_relu = portable::LeakyRelu,
    .softmax = portable::Softmax,
    .reduce = portable::Reduce,
    .transpose = portable::Transpose,
    .extremes = portable::ExtremesOf,
    .weighted_rows = portable::WeightedRows,
    .largest_magnitude = portable::LargestMagnitudeOf,
    .group_maxima = portable::GroupMaxima,
    .real_fourier = portable::NewRealFourier,
    .magnitudes = portable::Magnitudes,
    .quantize_int8 = portable::Quantize<std::int8_t>,
    .quantize_int16 = portable::Quantize<std::int16_t>,
    .dequantize_int8 = portable::Dequantize<std::int8_t>,
    .dequantize_int16 = portable::Dequantize<std::int16_t>,
    .conv_int8 = portable::ConvInt8,
    .depthwise_int8 = portable::DepthwiseInt8,
    .average_pool_int8 = portable::AveragePoolInt,
    .max_pool_int8 = portable::MaxPoolInt,
    .binary_int8 = portable::BinaryInt,
    .map_int8 = portable::MapInt8,
    .reduce_int8 = portable::ReduceInt,
    .transpose_bytes = portable::Transpose,
    .add_rows_int8 = portable::AddRowsInt8,
    .dots_int8 = portable::DotsInt8,
};

}  // namespace kinglet
