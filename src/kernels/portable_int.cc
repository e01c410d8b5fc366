// Instantiated for the types that portable_int.h names.
#include "kernels/portable_int.h"

#include <algorithm>
#include <span>
#include <type_traits>
#include <vector>

#include "kernels/fixed_point.h"
#include "kernels/portable_taps.h"

namespace kinglet::portable {
namespace {

/// The result for a rescaled value.
template <typename T>
T Finish(std::int32_t rescaled, const IntOutput& output) {
  const std::int64_t y = std::int64_t{rescaled} + output.zero_point;
  if (y < output.low) return static_cast<T>(output.low);
  return static_cast<T>(y > output.high ? output.high : y);
}

/// fold(accumulated, x) over the cells of each window, then finish(accumulated, cells).
template <typename T, typename Fold, typename Final>
void PoolInt(const IntPoolPlan& plan, const T* in, T* out, std::int32_t start,
             const Fold& fold, const Final& finish) {
  ForOutputs(plan.h, plan.w, [&](Size oy, Size ox) {
    for (Size c = 0; c < plan.channels; ++c) {
      std::int32_t acc = start;
      std::int32_t cells = 0;
      ForTaps(plan.h, plan.w, oy, ox, [&](Size position, Size /*tap*/) {
        if (position < 0) return;
        acc = fold(acc, in[position * plan.channels + c]);
        ++cells;
      });
      *out++ = Finish<T>(finish(acc, cells), {0, plan.low, plan.high, {}});
    }
  });
}

std::int32_t BinaryOne(const IntBinaryPlan& plan, std::int32_t x, std::int32_t y) {
  const Rounding rounding = plan.output.rounding;
  if (plan.op == IntBinaryOp::kMaximum) return x > y ? x : y;
  if (plan.op == IntBinaryOp::kMinimum) return x < y ? x : y;
  const std::int32_t a = x - plan.a_zero_point;
  const std::int32_t b = y - plan.b_zero_point;
  if (plan.op == IntBinaryOp::kPRelu && a >= 0) return Multiply(a, plan.a, rounding);
  if (plan.op == IntBinaryOp::kPRelu) return Multiply(a * b, plan.result, rounding);
  if (plan.op == IntBinaryOp::kMul) return Multiply(a * b, plan.result, rounding);
  const auto scaled = [&](std::int32_t v, Multiplier m) {
    return Multiply(WrappingShift(v, plan.left_shift), m, rounding);
  };
  const std::int32_t scaled_a = scaled(a, plan.a);
  const std::int32_t scaled_b = scaled(b, plan.b);
  if (plan.op == IntBinaryOp::kAdd) {
    return Multiply(scaled_a + scaled_b, plan.result, rounding);
  }
  const std::int32_t difference = scaled_a - scaled_b;
  if (plan.op == IntBinaryOp::kSub) return Multiply(difference, plan.result, rounding);
  return Multiply(difference * difference, plan.result, rounding);
}

/// Folds one more element, or the first, into what a reduction has.
template <typename T>
std::int32_t Folded(const IntReducePlan& plan, std::int32_t acc, T x, bool is_first) {
  const std::int32_t value = x - plan.in_zero_point;
  if (is_first) return value;
  switch (plan.op) {
    case IntReduceOp::kMean:
    case IntReduceOp::kSum:
      return acc + value;
    case IntReduceOp::kMaximum:
      return value > acc ? value : acc;
    case IntReduceOp::kMinimum:
      return value < acc ? value : acc;
    case IntReduceOp::kProduct:
      return Multiply(std::int64_t{acc} * value, plan.multiplier, plan.output.rounding);
  }
  return acc;
}

std::int32_t Rescaled(const IntReducePlan& plan, std::int32_t acc) {
  switch (plan.op) {
    case IntReduceOp::kMean:
      return Multiply(acc, plan.multiplier, plan.output.rounding);
    case IntReduceOp::kProduct:
      return Multiply(std::int64_t{acc}, plan.multiplier, plan.output.rounding);
    case IntReduceOp::kSum:
      return RoundedToInt(static_cast<float>(acc) * plan.factor + plan.offset);
    case IntReduceOp::kMaximum:
    case IntReduceOp::kMinimum:
      return acc;
  }
  return acc;
}

/// What one output sees, less the zero point: [groups][kh][kw][in_channels / groups].
template <typename T, typename Sum>
void Gather(const IntConvPlan<Sum>& plan, const T* in, Size oy, Size ox,
            std::span<std::int16_t> patch) {
  const Size inputs = plan.in_channels / plan.groups;
  std::int16_t* to = patch.data();
  for (Size g = 0; g < plan.groups; ++g) {
    ForTaps(plan.h, plan.w, oy, ox, [&](Size position, Size /*tap*/) {
      const T* x = in + position * plan.in_channels + g * inputs;
      for (Size c = 0; c < inputs; ++c) {
        *to++ = position < 0 ? std::int16_t{0}
                             : static_cast<std::int16_t>(x[c] - plan.in_zero_point);
      }
    });
  }
}

/// Products have up to 22 bits: 256 of them fit into 32.
template <typename Sum>
Sum Dot(Size n, const std::int8_t* weights, const std::int16_t* x) {
  constexpr Size kAtOnce = 256;
  Sum sum = 0;
  for (Size begin = 0; begin < n; begin += kAtOnce) {
    const Size end = std::min(n, begin + kAtOnce);
    std::int32_t part = 0;
    for (Size i = begin; i < end; ++i) part += std::int32_t{weights[i]} * x[i];
    sum += part;
  }
  return sum;
}

}  // namespace

template <typename T, typename Sum>
void ConvInt(const IntConvPlan<Sum>& plan, const T* in, T* out) {
  const Size outputs = plan.out_channels / plan.groups;
  const Size depth = plan.h.kernel * plan.w.kernel * plan.in_channels / plan.groups;
  std::vector<std::int16_t> patch(static_cast<std::size_t>(depth * plan.groups));
  ForOutputs(plan.h, plan.w, [&](Size oy, Size ox) {
    Gather(plan, in, oy, ox, patch);
    for (Size o = 0; o < plan.out_channels; ++o) {
      const std::int16_t* x = patch.data() + o / outputs * depth;
      const Sum sum = plan.bias[o] + Dot<Sum>(depth, plan.weights + o * depth, x);
      const std::int32_t y =
          plan.factors != nullptr
              ? RoundedToInt(static_cast<double>(sum) * plan.factors[o])
              : Multiply(sum, plan.multipliers[o], plan.output.rounding);
      *out++ = Finish<T>(y, plan.output);
    }
  });
}

template <typename T, typename Sum>
void DepthwiseInt(const IntDepthwisePlan<Sum>& plan, const T* in, T* out) {
  const Size outputs = plan.in_channels * plan.multiplier;
  ForOutputs(plan.h, plan.w, [&](Size oy, Size ox) {
    for (Size o = 0; o < outputs; ++o) {
      Sum sum = plan.bias[o];
      ForTaps(plan.h, plan.w, oy, ox, [&](Size position, Size tap) {
        if (position < 0) return;
        const T x = in[position * plan.in_channels + o / plan.multiplier];
        sum += plan.weights[tap * outputs + o] * (x - plan.in_zero_point);
      });
      const std::int32_t y = Multiply(sum, plan.multipliers[o], plan.output.rounding);
      *out++ = Finish<T>(y, plan.output);
    }
  });
}

void ConvInt8(const Int8ConvPlan& plan, const std::int8_t* in, std::int8_t* out,
              std::int16_t* /*scratch*/) {
  ConvInt(plan.plain, in, out);
}

void DepthwiseInt8(const Int8DepthwisePlan& plan, const std::int8_t* in, std::int8_t* out,
                   float* /*scratch*/) {
  DepthwiseInt(plan.plain, in, out);
}

template <typename T>
void AveragePoolInt(const IntPoolPlan& plan, const T* in, T* out) {
  PoolInt(
      plan, in, out, 0, [](std::int32_t acc, T x) { return acc + x; },
      [](std::int32_t acc, std::int32_t cells) {
        return (acc > 0 ? acc + cells / 2 : acc - cells / 2) / cells;
      });
}

template <typename T>
void MaxPoolInt(const IntPoolPlan& plan, const T* in, T* out) {
  PoolInt(
      plan, in, out, INT32_MIN, [](std::int32_t acc, T x) { return x > acc ? x : acc; },
      [](std::int32_t acc, std::int32_t /*cells*/) { return acc; });
}

template <typename T>
void BinaryInt(const IntBinaryPlan& plan, const IntBinaryArgs<T>& args) {
  for (Size r = 0; r < args.rows; ++r) {
    for (Size c = 0; c < args.columns; ++c) {
      const T a = args.a[r * args.a_row + c * args.a_column];
      const T b = args.b[r * args.b_row + c * args.b_column];
      args.out[r * args.columns + c] = Finish<T>(BinaryOne(plan, a, b), plan.output);
    }
  }
}

template <typename T>
void ReduceInt(const IntReducePlan& plan, const IntReduceArgs<T>& args) {
  for (Size i = 0; i < args.outer * args.inner; ++i) {
    const T* in = args.in + i / args.inner * args.count * args.inner + i % args.inner;
    std::int32_t acc = 0;
    for (Size k = 0; k < args.count; ++k) {
      acc = Folded(plan, acc, in[k * args.inner], k == 0);
    }
    args.out[i] = Finish<T>(Rescaled(plan, acc), plan.output);
  }
}

template <typename T>
void MultiplyMatrices(const IntMatrixPlan& plan, const T* x, const T* y, T* out) {
  using Sum = std::conditional_t<sizeof(T) == 1, std::int32_t, std::int64_t>;
  for (Size i = 0; i < plan.m; ++i) {
    for (Size j = 0; j < plan.n; ++j) {
      Sum sum = 0;
      for (Size k = 0; k < plan.k; ++k) {
        const Sum a = x[i * plan.x_row + k * plan.x_step] - plan.x_zero_point;
        const Sum b = y[j * plan.y_column + k * plan.y_step] - plan.y_zero_point;
        sum += a * b;
      }
      const std::int32_t product = Multiply(sum, plan.multiplier, plan.output.rounding);
      *out++ = Finish<T>(product, plan.output);
    }
  }
}

template void ConvInt(const IntConvPlan<std::int32_t>&, const std::int8_t*, std::int8_t*);
template void ConvInt(const IntConvPlan<std::int32_t>&, const std::int16_t*,
                      std::int16_t*);
template void ConvInt(const IntConvPlan<std::int64_t>&, const std::int16_t*,
                      std::int16_t*);
template void DepthwiseInt(const IntDepthwisePlan<std::int32_t>&, const std::int8_t*,
                           std::int8_t*);
template void DepthwiseInt(const IntDepthwisePlan<std::int32_t>&, const std::int16_t*,
                           std::int16_t*);
template void DepthwiseInt(const IntDepthwisePlan<std::int64_t>&, const std::int16_t*,
                           std::int16_t*);
template void AveragePoolInt(const IntPoolPlan&, const std::int8_t*, std::int8_t*);
template void AveragePoolInt(const IntPoolPlan&, const std::int16_t*, std::int16_t*);
template void MaxPoolInt(const IntPoolPlan&, const std::int8_t*, std::int8_t*);
template void MaxPoolInt(const IntPoolPlan&, const std::int16_t*, std::int16_t*);
template void BinaryInt(const IntBinaryPlan&, const IntBinaryArgs<std::int8_t>&);
template void BinaryInt(const IntBinaryPlan&, const IntBinaryArgs<std::int16_t>&);
template void ReduceInt(const IntReducePlan&, const IntReduceArgs<std::int8_t>&);
template void ReduceInt(const IntReducePlan&, const IntReduceArgs<std::int16_t>&);
template void MultiplyMatrices(const IntMatrixPlan&, const std::int8_t*,
                               const std::int8_t*, std::int8_t*);
template void MultiplyMatrices(const IntMatrixPlan&, const std::int16_t*,
                               const std::int16_t*, std::int16_t*);

}  // namespace kinglet::portable
