#include "ops/int_linear.h"

#include <memory>

#include "kernels/int_conv.h"
#include "kernels/portable_int.h"
#include "ops/int_kernels.h"

namespace kinglet {
namespace {

/// What the plan of a compiled node points into.
template <typename Sum>
struct IntOperands {
  std::shared_ptr<const Tensor> constant;
  std::vector<std::int8_t> chosen;
  std::vector<Sum> bias;
  std::vector<Multiplier> multipliers;
  std::vector<double> factors;
};

template <typename Sum>
std::shared_ptr<const IntOperands<Sum>> OperandsOf(const IntLinear& linear,
                                                   const NodeView& view) {
  Check(view.Input(1).constant != nullptr, "constant weights");
  IntOperands<Sum> operands{
      view.Input(1).constant, linear.weights, {}, {}, linear.factors};
  for (const double factor : linear.factors) {
    operands.multipliers.push_back(QuantizeMultiplier(factor, view.rounding));
  }
  if (view.HasInput(2)) {
    Check(view.Input(2).constant != nullptr, "a constant bias");
    const auto bias = view.Input(2).constant->Data<Sum>();
    operands.bias.assign(bias.begin(), bias.end());
  }
  operands.bias.resize(static_cast<std::size_t>(linear.out_channels));
  return std::make_shared<const IntOperands<Sum>>(std::move(operands));
}

/// Geometry, operands and output of either kind of plan.
template <typename Plan, typename Sum>
Plan PlanOf(const IntLinear& linear, const IntOperands<Sum>& operands,
            const NodeView& view) {
  Plan plan;
  plan.h = linear.h;
  plan.w = linear.w;
  plan.in_channels = linear.in_channels;
  plan.in_zero_point = ScaleOf(view.Input(0)).zero_point;
  plan.weights = operands.chosen.empty()
                     ? operands.constant->template Data<std::int8_t>().data()
                     : operands.chosen.data();
  plan.bias = operands.bias.data();
  plan.multipliers = operands.multipliers.data();
  plan.output = OutputOf(view, linear.activation);
  return plan;
}

/// Calls run(in, out) for every sample of the batch.
template <typename T, typename Run>
Kernel OverBatch(const IntLinear& linear, Run run) {
  const Size in_size = linear.h.in * linear.w.in * linear.in_channels;
  const Size out_size = linear.h.out * linear.w.out * linear.out_channels;
  return [run = std::move(run), in_size, out_size,
          batch = linear.batch](const Buffers& buffers) {
    for (Size i = 0; i < batch; ++i) {
      run(buffers.In<T>(0) + i * in_size, buffers.Out<T>() + i * out_size);
    }
  };
}

template <typename Sum>
IntConvPlan<Sum> ConvPlanOf(const IntLinear& linear, const IntOperands<Sum>& operands,
                            const NodeView& view) {
  auto plan = PlanOf<IntConvPlan<Sum>>(linear, operands, view);
  plan.out_channels = linear.out_channels;
  plan.groups = linear.groups;
  if (linear.in_double) plan.factors = operands.factors.data();
  return plan;
}

template <typename Sum>
IntDepthwisePlan<Sum> DepthwisePlanOf(const IntLinear& linear,
                                      const IntOperands<Sum>& operands,
                                      const NodeView& view) {
  auto plan = PlanOf<IntDepthwisePlan<Sum>>(linear, operands, view);
  plan.multiplier = linear.out_channels / linear.in_channels;
  return plan;
}

/// Of int8, by vector kernels.
template <typename Packed, typename Plan>
Kernel PackedKernel(const IntLinear& linear, const Plan& plan,
                    std::shared_ptr<const IntOperands<std::int32_t>> operands) {
  const auto packed = std::make_shared<const Packed>(plan);
  return OverBatch<std::int8_t>(
      linear,
      [&kernels = Kernels(), packed, operands = std::move(operands)](
          const std::int8_t* in, std::int8_t* out) { packed->Run(kernels, in, out); });
}

/// Of int16.
template <typename Sum>
Kernel WideConv(const IntLinear& linear, const NodeView& view) {
  const auto operands = OperandsOf<Sum>(linear, view);
  return OverBatch<std::int16_t>(linear,
                                 [operands, plan = ConvPlanOf(linear, *operands, view)](
                                     const std::int16_t* in, std::int16_t* out) {
                                   portable::ConvInt(plan, in, out);
                                 });
}

template <typename Sum>
Kernel WideDepthwise(const IntLinear& linear, const NodeView& view) {
  const auto operands = OperandsOf<Sum>(linear, view);
  return OverBatch<std::int16_t>(
      linear, [operands, plan = DepthwisePlanOf(linear, *operands, view)](
                  const std::int16_t* in, std::int16_t* out) {
        portable::DepthwiseInt(plan, in, out);
      });
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
    const auto operands = OperandsOf<std::int32_t>(linear, view);
    const auto plan = ConvPlanOf(linear, *operands, view);
    return PackedKernel<PackedInt8Conv>(linear, plan, operands);
  }
  return HasNarrowBias(view) ? WideConv<std::int32_t>(linear, view)
                             : WideConv<std::int64_t>(linear, view);
}

Kernel IntDepthwise(const IntLinear& linear, const NodeView& view) {
  if (view.Output().dtype == DType::kInt8) {
    const auto operands = OperandsOf<std::int32_t>(linear, view);
    const auto plan = DepthwisePlanOf(linear, *operands, view);
    return PackedKernel<PackedInt8Depthwise>(linear, plan, operands);
  }
  return HasNarrowBias(view) ? WideDepthwise<std::int32_t>(linear, view)
                             : WideDepthwise<std::int64_t>(linear, view);
}

}  // namespace kinglet
