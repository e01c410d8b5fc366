#include "ops/float_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/broadcast.h"
#include "kernels/kernels.h"
#include "kernels/reduction.h"

namespace kinglet {

Clamp ClampOf(Activation activation) {
  switch (activation) {
    case Activation::kNone:
      return {};
    case Activation::kRelu:
      return {.low = 0.0F, .high = std::numeric_limits<float>::infinity()};
    case Activation::kReluN1To1:
      return {.low = -1.0F, .high = 1.0F};
    case Activation::kRelu6:
      return {.low = 0.0F, .high = 6.0F};
    case Activation::kRelu0To1:
      return {.low = 0.0F, .high = 1.0F};
  }
  return {};
}

Axis AxisOf(const Window& window) {
  return {.in = window.in,
          .out = window.Out(),
          .kernel = window.kernel,
          .stride = window.stride,
          .dilation = window.dilation,
          .before = window.Before()};
}

std::span<const float> FloatConstant(const Value& value) {
  Check(value.constant != nullptr, "a constant operand");
  return value.constant->Data<float>();
}

std::shared_ptr<const Tensor> WeightsOf(const Value& value) {
  const auto is_subnormal = [](float x) { return std::fpclassify(x) == FP_SUBNORMAL; };
  if (std::ranges::none_of(FloatConstant(value), is_subnormal)) return value.constant;
  Tensor weights = *value.constant;
  std::ranges::replace_if(weights.Data<float>(), is_subnormal, 0.0F);
  return std::make_shared<const Tensor>(std::move(weights));
}

void CheckFloat(const NodeView& view) {
  Check(view.Input(0).dtype == DType::kFloat32, "a float32 operand");
  Check(view.Output().dtype == DType::kFloat32, "a float32 result");
}

Kernel FloatBinary(BinaryOp op, Activation activation, const NodeView& view) {
  CheckFloat(view);
  return [&kernels = Kernels(), op, clamp = ClampOf(activation),
          broadcast = Broadcast2(view.Input(0).shape, view.Input(1).shape)](
             const Buffers& buffers) {
    broadcast.Run(kernels, op, clamp, buffers.In<float>(0), buffers.In<float>(1),
                  buffers.Out<float>());
  };
}

Kernel FloatUnary(UnaryOp op, const NodeView& view) {
  CheckFloat(view);
  return [&kernels = Kernels(), op,
          n = ElementCount(view.Input(0).shape)](const Buffers& buffers) {
    kernels.unary(op, n, buffers.In<float>(0), buffers.Out<float>());
  };
}

Kernel FloatReduce(ReduceOp op, const Ints& axes, const NodeView& view) {
  CheckFloat(view);
  return [&kernels = Kernels(), op,
          reduction = Reduction(view.Input(0).shape, axes, sizeof(float))](
             const Buffers& buffers) {
    reduction.Run(kernels, op, buffers.In<float>(0), buffers.Out<float>());
  };
}

Kernel FloatPool(PoolKernel kernel, const Window& h, const Window& w,
                 Activation activation, const NodeView& view) {
  CheckFloat(view);
  const Shape& in = view.Input(0).shape;
  const PoolPlan plan{
      .h = AxisOf(h), .w = AxisOf(w), .channels = in[3], .clamp = ClampOf(activation)};
  return [kernel, plan, batch = in[0], in_size = in[1] * in[2] * in[3],
          out_size = plan.h.out * plan.w.out * plan.channels](const Buffers& buffers) {
    for (Size i = 0; i < batch; ++i) {
      kernel(plan, buffers.In<float>(0) + i * in_size,
             buffers.Out<float>() + i * out_size);
    }
  };
}

}  // namespace kinglet
