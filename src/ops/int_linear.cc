#include "ops/int_linear.h"

#include <memory>

#include "kernels/kernels.h"
#include "kernels/portable_int.h"
#include "ops/int_kernels.h"

namespace kinglet {
namespace {

/// What the plan of a compiled node points into.
template <typename Sum>
struct Operands {
  std::shared_ptr<const Tensor> weights;
  std::vector<Sum> bias;
  std::vector<Multiplier> multipliers;
  std::vector<double> factors;
};

template <typename Sum>
std::shared_ptr<const Operands<Sum>> OperandsOf(const IntLinear& linear,
                                                const NodeView& view) {
  Check(view.Input(1).constant != nullptr, "constant weights");
  Operands<Sum> operands{view.Input(1).constant, {}, {}, linear.factors};
  for (const double factor : linear.factors) {
    operands.multipliers.push_back(QuantizeMultiplier(factor, view.rounding));
  }
  if (view.HasInput(2)) {
    Check(view.Input(2).constant != nullptr, "a constant bias");
    const auto bias = view.Input(2).constant->Data<Sum>();
    operands.bias.assign(bias.begin(), bias.end());
  }
  operands.bias.resize(static_cast<std::size_t>(linear.out_channels));
  return std::make_shared<const Operands<Sum>>(std::move(operands));
}

/// Geometry, operands and output of either kind of plan.
template <typename Plan, typename Sum>
Plan PlanOf(const IntLinear& linear, const Operands<Sum>& operands,
            const NodeView& view) {
  Plan plan;
  plan.h = linear.h;
  plan.w = linear.w;
  plan.in_channels = linear.in_channels;
  plan.in_zero_point = ScaleOf(view.Input(0)).zero_point;
  plan.weights = operands.weights->template Data<std::int8_t>().data();
  plan.bias = operands.bias.data();
  plan.multipliers = operands.multipliers.data();
  plan.output = OutputOf(view, linear.activation);
  return plan;
}

/// Runs `kernel` on every sample of the batch.
template <typename T, typename Plan, typename Owner>
Kernel OverBatch(void (*kernel)(const Plan&, const T*, T*), const Plan& plan, Owner owner,
                 const IntLinear& linear) {
  const Size in_size = plan.h.in * plan.w.in * plan.in_channels;
  const Size out_size = plan.h.out * plan.w.out * linear.out_channels;
  return [kernel, plan, owner = std::move(owner), in_size, out_size,
          batch = linear.batch](const Buffers& buffers) {
    for (Size i = 0; i < batch; ++i) {
      kernel(plan, buffers.In<T>(0) + i * in_size, buffers.Out<T>() + i * out_size);
    }
  };
}

template <typename T, typename Sum>
Kernel Conv(const IntLinear& linear, const NodeView& view,
            void (*kernel)(const IntConvPlan<Sum>&, const T*, T*)) {
  const auto operands = OperandsOf<Sum>(linear, view);
  auto plan = PlanOf<IntConvPlan<Sum>>(linear, *operands, view);
  plan.out_channels = linear.out_channels;
  if (linear.in_double) plan.factors = operands->factors.data();
  plan.groups = linear.groups;
  return OverBatch(kernel, plan, operands, linear);
}

template <typename T, typename Sum>
Kernel Depthwise(const IntLinear& linear, const NodeView& view,
                 void (*kernel)(const IntDepthwisePlan<Sum>&, const T*, T*)) {
  const auto operands = OperandsOf<Sum>(linear, view);
  auto plan = PlanOf<IntDepthwisePlan<Sum>>(linear, *operands, view);
  plan.multiplier = linear.out_channels / linear.in_channels;
  return OverBatch(kernel, plan, operands, linear);
}

bool HasNarrowBias(const NodeView& view) {
  return view.HasInput(2) && view.Input(2).dtype == DType::kInt32;
}

}  // namespace

std::vector<double> ChannelFactors(const NodeView& view) {
  const double in_scale = ScaleOf(view.Input(0)).scale;
  const double out_scale = ScaleOf(view.Output()).scale;
  const std::vector<float>& scales = view.Input(1).quantization->scales;
  const auto channels = static_cast<std::size_t>(view.Output().shape.back());
  std::vector<double> factors;
  for (std::size_t c = 0; c < channels; ++c) {
    const double weight_scale = scales[scales.size() == 1 ? 0 : c];
    factors.push_back(in_scale * weight_scale / out_scale);
  }
  return factors;
}

Kernel IntConv(const IntLinear& linear, const NodeView& view) {
  if (view.Output().dtype == DType::kInt8) {
    return Conv(linear, view, Kernels().conv_int8);
  }
  if (HasNarrowBias(view)) {
    return Conv(linear, view, portable::ConvInt<std::int16_t, std::int32_t>);
  }
  return Conv(linear, view, portable::ConvInt<std::int16_t, std::int64_t>);
}

Kernel IntDepthwise(const IntLinear& linear, const NodeView& view) {
  if (view.Output().dtype == DType::kInt8) {
    return Depthwise(linear, view, Kernels().depthwise_int8);
  }
  if (HasNarrowBias(view)) {
    return Depthwise(linear, view, portable::DepthwiseInt<std::int16_t, std::int32_t>);
  }
  return Depthwise(linear, view, portable::DepthwiseInt<std::int16_t, std::int64_t>);
}

}  // namespace kinglet
