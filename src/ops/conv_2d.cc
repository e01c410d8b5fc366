// Conv2d: y[o] = clamp(b[o] + sum over taps and channels of x * w). Grouped when the
// weights have fewer input channels than x. INT8: weights symmetric per output channel.
#include <memory>

#include "kernels/conv.h"
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

Inferred Infer(const Conv2d& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const Shape& weights = inputs[1].shape;
  if (in.size() != 4 || weights.size() != 4) return "input or weights not of rank 4";
  const std::int64_t groups = weights[3] == 0 ? 0 : in[3] / weights[3];
  if (groups == 0 || in[3] % weights[3] != 0 || weights[0] % groups != 0) {
    return "weights " + ToString(weights) + " for input " + ToString(in);
  }
  const Window h{in[1], weights[1], op.stride_h, op.dilation_h, op.padding};
  const Window w{in[2], weights[2], op.stride_w, op.dilation_w, op.padding};
  if (!h.IsSound() || !w.IsSound()) return "a kernel, stride or dilation below 1";
  if (h.Out() <= 0 || w.Out() <= 0) {
    return "the kernel is larger than input " + ToString(in);
  }
  if (inputs[2].shape != Shape{weights[0]}) return "a bias of another size";
  return std::vector<TensorType>{
      {inputs[0].dtype, {in[0], h.Out(), w.Out(), weights[0]}}};
}

bool IsGrouped(const NodeView& view) {
  return view.Input(0).shape[3] != view.Input(1).shape[3];
}

int ConvVersion(const NodeView& view) {
  if (IsGrouped(view)) return 6;
  if (IsHybrid(view)) return view.Input(1).quantization->scales.size() > 1 ? 5 : 2;
  return VersionFor(view, {.float32 = 1, .int8 = 3, .int16 = 8});
}

Kernel Compile(const Conv2d& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Shape& weights = view.Input(1).shape;
  const ConvShape shape{
      .h = AxisOf({in[1], weights[1], op.stride_h, op.dilation_h, op.padding}),
      .w = AxisOf({in[2], weights[2], op.stride_w, op.dilation_w, op.padding}),
      .in_channels = in[3],
      .out_channels = weights[0],
      .groups = in[3] / weights[3]};
  if (!MakesFloat(view)) {
    return IntConv({.batch = in[0],
                    .h = shape.h,
                    .w = shape.w,
                    .in_channels = shape.in_channels,
                    .out_channels = shape.out_channels,
                    .groups = shape.groups,
                    .activation = op.activation,
                    .factors = ChannelFactors(view)},
                   view);
  }
  if (IsHybrid(view)) {
    return CompileHybrid({.form = HybridForm::kConv,
                          .batch = in[0],
                          .h = shape.h,
                          .w = shape.w,
                          .in_channels = shape.in_channels,
                          .out_channels = shape.out_channels,
                          .groups = shape.groups,
                          .clamp = ClampOf(op.activation)},
                         view);
  }
  CheckFloat(view);
  const auto conv = std::make_shared<const PackedConv>(
      shape, WeightsOf(view.Input(1))->Data<float>(), FloatConstant(view.Input(2)),
      ClampOf(op.activation));
  return [&kernels = Kernels(), conv, batch = in[0], in_size = in[1] * in[2] * in[3],
          out_size = shape.h.out * shape.w.out * weights[0]](const Buffers& buffers) {
    for (Size i = 0; i < batch; ++i) {
      conv->Run(kernels, buffers.In<float>(0) + i * in_size,
                buffers.Out<float>() + i * out_size);
    }
  };
}

TfliteOp Form(const Conv2d& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateConv2DOptions(
      builder, TflitePadding(op.padding), static_cast<std::int32_t>(op.stride_w),
      static_cast<std::int32_t>(op.stride_h), TfliteActivation(op.activation),
      static_cast<std::int32_t>(op.dilation_w), static_cast<std::int32_t>(op.dilation_h),
      WideBiasType(view));
  return {.code = tflite::BuiltinOperator_CONV_2D,
          .version = ConvVersion(view),
          .options_type = tflite::BuiltinOptions_Conv2DOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

std::int64_t ConvMacs(const NodeView& view) {
  const Shape& weights = view.Input(1).shape;
  return ElementCount(view.Output().shape) * weights[1] * weights[2] * weights[3];
}

Parsed ParseConv2d(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::Conv2DOptions>();
  if (options == nullptr) return "its options are missing";
  const auto padding = PaddingFrom(options->padding());
  const auto activation = ActivationFrom(options->activation());
  if (!padding.has_value() || !activation.has_value()) {
    return "its padding or fused activation is not supported";
  }
  if (options->stride_h() <= 0 || options->stride_w() <= 0) return "a stride is 0";
  return ParsedOp{Conv2d{.padding = *padding,
                         .stride_h = options->stride_h(),
                         .stride_w = options->stride_w(),
                         .dilation_h = options->dilation_h(),
                         .dilation_w = options->dilation_w(),
                         .activation = *activation},
                  3};
}

}  // namespace

const OpDef& Conv2d::Def() {
  static const OpDef kDef = Define<Conv2d>({
      .min_inputs = 3,
      .max_inputs = 3,
      .infer = Infer,
      .types = Reals(),
      .problem = WeightsProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated, .weights = 1, .channel_axis = 0},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_CONV_2D},
      .parse = ParseConv2d,
      .macs = ConvMacs,
  });
  return kDef;
}

}  // namespace kinglet
