#include "ops/int_reduce.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/reduction.h"
#include "ops/float_kernels.h"
#include "ops/int_kernels.h"

namespace kinglet {
namespace {

/// The multiplier divided by the number of elements, as an integer.
Multiplier Divided(Multiplier m, std::int64_t count) {
  const int shift =
      std::min({static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count))) - 1,
                32, 31 + m.shift});
  const std::int64_t value = (std::int64_t{m.value} << shift) / count;
  return {static_cast<std::int32_t>(value), m.shift - shift};
}

template <typename T>
Kernel ReduceKernel(const Reduction& reduction, const IntReducePlan& plan) {
  return [&kernels = Kernels(), reduction, plan](const Buffers& buffers) {
    reduction.Run(kernels, plan, buffers.In<T>(0), buffers.Out<T>());
  };
}

Kernel ReduceKernel(const Reduction& reduction, const IntReducePlan& plan,
                    const NodeView& view) {
  if (view.Output().dtype == DType::kInt8) {
    return ReduceKernel<std::int8_t>(reduction, plan);
  }
  return ReduceKernel<std::int16_t>(reduction, plan);
}

Reduction ReductionOf(const Ints& axes, const NodeView& view) {
  return {view.Input(0).shape, axes, SizeOf(view.Input(0).dtype)};
}

template <typename T>
Kernel OverBatch(void (*kernel)(const IntPoolPlan&, const T*, T*),
                 const IntPoolPlan& plan, Size batch) {
  return [kernel, plan, batch, in_size = plan.h.in * plan.w.in * plan.channels,
          out_size = plan.h.out * plan.w.out * plan.channels](const Buffers& buffers) {
    for (Size i = 0; i < batch; ++i) {
      kernel(plan, buffers.In<T>(0) + i * in_size, buffers.Out<T>() + i * out_size);
    }
  };
}

}  // namespace

Kernel IntMeanOver(const Ints& axes, const NodeView& view) {
  const Reduction reduction = ReductionOf(axes, view);
  const Scale in = ScaleOf(view.Input(0));
  const double factor = double{in.scale} / ScaleOf(view.Output()).scale;
  const Multiplier whole = QuantizeMultiplier(factor, view.rounding);
  return ReduceKernel(reduction,
                      {.op = IntReduceOp::kMean,
                       .in_zero_point = in.zero_point,
                       .multiplier = Divided(whole, reduction.count()),
                       .output = OutputOf(view, Activation::kNone)},
                      view);
}

Kernel IntSumOver(const Ints& axes, const NodeView& view) {
  const Reduction reduction = ReductionOf(axes, view);
  const Scale in = ScaleOf(view.Input(0));
  const float factor = in.scale / ScaleOf(view.Output()).scale;
  const float of_one = static_cast<float>(-in.zero_point) * factor;
  return ReduceKernel(reduction,
                      {.op = IntReduceOp::kSum,
                       .factor = factor,
                       .offset = of_one * static_cast<float>(reduction.count()),
                       .output = OutputOf(view, Activation::kNone)},
                      view);
}

Kernel IntExtremeOver(IntReduceOp op, const Ints& axes, const NodeView& view) {
  IntOutput output = OutputOf(view, Activation::kNone);
  output.zero_point = 0;
  return ReduceKernel(ReductionOf(axes, view), {.op = op, .output = output}, view);
}

Kernel IntProductOver(const Ints& axes, const NodeView& view) {
  const Reduction reduction = ReductionOf(axes, view);
  const Scale in = ScaleOf(view.Input(0));
  const double out_scale = ScaleOf(view.Output()).scale;
  const double root = std::pow(out_scale, 1.0 / static_cast<double>(reduction.count()));
  return ReduceKernel(reduction,
                      {.op = IntReduceOp::kProduct,
                       .in_zero_point = in.zero_point,
                       .multiplier = QuantizeMultiplier(in.scale / root, view.rounding),
                       .output = OutputOf(view, Activation::kNone)},
                      view);
}

Kernel IntPool(const IntPoolKernels& kernels, const Window& h, const Window& w,
               Activation activation, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const IntOutput output = OutputOf(view, activation);
  const IntPoolPlan plan{.h = AxisOf(h),
                         .w = AxisOf(w),
                         .channels = in[3],
                         .low = output.low,
                         .high = output.high};
  if (view.Output().dtype == DType::kInt8) return OverBatch(kernels.int8, plan, in[0]);
  return OverBatch(kernels.int16, plan, in[0]);
}

}  // namespace kinglet
