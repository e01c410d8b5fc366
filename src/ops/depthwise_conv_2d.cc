// DepthwiseConv2d: y[i] = clamp(b[i] + sum over taps of x[i / m] * w[i]). INT8: weights
// symmetric per output channel.
#include "kernels/kernels.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/hybrid.h"
#include "ops/int_kernels.h"
#include "ops/int_linear.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"
#include "ops/window.h"

namespace kinglet {
namespace {

Inferred Infer(const DepthwiseConv2d& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const Shape& weights = inputs[1].shape;
  if (in.size() != 4 || weights.size() != 4) return "input or weights not of rank 4";
  if (weights[0] != 1 || weights[3] % in[3] != 0) {
    return "weights " + ToString(weights) + " for input " + ToString(in);
  }
  const Window h{in[1], weights[1], op.stride_h, op.dilation_h, op.padding};
  const Window w{in[2], weights[2], op.stride_w, op.dilation_w, op.padding};
  if (!h.IsSound() || !w.IsSound()) return "a kernel, stride or dilation below 1";
  if (h.Out() <= 0 || w.Out() <= 0) {
    return "the kernel is larger than input " + ToString(in);
  }
  if (inputs[2].shape != Shape{weights[3]}) return "a bias of another size";
  return std::vector<TensorType>{
      {inputs[0].dtype, {in[0], h.Out(), w.Out(), weights[3]}}};
}

bool IsDilated(const DepthwiseConv2d& op) { return op.dilation_h * op.dilation_w != 1; }

int Version(const DepthwiseConv2d& op, const NodeView& view) {
  if (IsHybrid(view)) return view.Input(1).quantization->scales.size() > 1 ? 6 : 4;
  return VersionFor(view, {.float32 = IsDilated(op) ? 2 : 1, .int8 = 3, .int16 = 5});
}

Kernel Compile(const DepthwiseConv2d& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Shape& weights = view.Input(1).shape;
  const Axis h = AxisOf({in[1], weights[1], op.stride_h, op.dilation_h, op.padding});
  const Axis w = AxisOf({in[2], weights[2], op.stride_w, op.dilation_w, op.padding});
  if (!MakesFloat(view)) {
    return IntDepthwise({.batch = in[0],
                         .h = h,
                         .w = w,
                         .in_channels = in[3],
                         .out_channels = weights[3],
                         .activation = op.activation,
                         .factors = ChannelFactors(view)},
                        view);
  }
  if (IsHybrid(view)) {
    return CompileHybrid({.form = HybridForm::kDepthwise,
                          .batch = in[0],
                          .h = h,
                          .w = w,
                          .in_channels = in[3],
                          .out_channels = weights[3],
                          .clamp = ClampOf(op.activation)},
                         view);
  }
  CheckFloat(view);
  const auto filter = WeightsOf(view.Input(1));
  const DepthwisePlan plan{.h = h,
                           .w = w,
                           .in_channels = in[3],
                           .multiplier = weights[3] / in[3],
                           .weights = filter->Data<float>().data(),
                           .bias = FloatConstant(view.Input(2)).data(),
                           .clamp = ClampOf(op.activation)};
  return [&kernels = Kernels(), plan, weights_owner = filter,
          bias_owner = view.Input(2).constant, batch = in[0],
          in_size = in[1] * in[2] * in[3],
          out_size = plan.h.out * plan.w.out * weights[3]](const Buffers& buffers) {
    for (Size i = 0; i < batch; ++i) {
      kernels.depthwise(plan, buffers.In<float>(0) + i * in_size,
                        buffers.Out<float>() + i * out_size);
    }
  };
}

TfliteOp Form(const DepthwiseConv2d& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateDepthwiseConv2DOptions(
      builder, TflitePadding(op.padding), static_cast<std::int32_t>(op.stride_w),
      static_cast<std::int32_t>(op.stride_h),
      static_cast<std::int32_t>(view.Input(1).shape[3] / view.Input(0).shape[3]),
      TfliteActivation(op.activation), static_cast<std::int32_t>(op.dilation_w),
      static_cast<std::int32_t>(op.dilation_h));
  return {.code = tflite::BuiltinOperator_DEPTHWISE_CONV_2D,
          .version = Version(op, view),
          .options_type = tflite::BuiltinOptions_DepthwiseConv2DOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

std::int64_t DepthwiseMacs(const NodeView& view) {
  const Shape& weights = view.Input(1).shape;
  return ElementCount(view.Output().shape) * weights[1] * weights[2];
}

Parsed ParseDepthwiseConv2d(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::DepthwiseConv2DOptions>();
  if (options == nullptr) return "its options are missing";
  const auto padding = PaddingFrom(options->padding());
  const auto activation = ActivationFrom(options->activation());
  if (!padding.has_value() || !activation.has_value()) {
    return "its padding or fused activation is not supported";
  }
  if (options->stride_h() <= 0 || options->stride_w() <= 0) return "a stride is 0";
  return ParsedOp{DepthwiseConv2d{.padding = *padding,
                                  .stride_h = options->stride_h(),
                                  .stride_w = options->stride_w(),
                                  .dilation_h = options->dilation_h(),
                                  .dilation_w = options->dilation_w(),
                                  .activation = *activation},
                  3};
}

}  // namespace

const OpDef& DepthwiseConv2d::Def() {
  static const OpDef kDef = Define<DepthwiseConv2d>({
      .min_inputs = 3,
      .max_inputs = 3,
      .infer = Infer,
      .types = Reals(),
      .problem = WeightsProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated, .weights = 1, .channel_axis = 3},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_DEPTHWISE_CONV_2D},
      .parse = ParseDepthwiseConv2d,
      .macs = DepthwiseMacs,
  });
  return kDef;
}

}  // namespace kinglet
