// LeakyRelu: y = x where x >= 0, alpha * x elsewhere.
#include "kernels/kernels.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// Two factors, in float32: of x >= 0 and of x < 0.
Kernel CompileInt(const LeakyRelu& op, const NodeView& view) {
  const Scale in = ScaleOf(view.Input(0));
  const float out_scale = ScaleOf(view.Output()).scale;
  const Multiplier positive = QuantizeMultiplier(in.scale / out_scale, view.rounding);
  const Multiplier negative =
      QuantizeMultiplier(in.scale * op.alpha / out_scale, view.rounding);
  const IntOutput output = OutputOf(view, Activation::kNone);
  return IntMap(view, [&](std::int32_t q) {
    const std::int32_t x = q - in.zero_point;
    return Clamped(Multiply(x, x >= 0 ? positive : negative, view.rounding), output);
  });
}

Kernel Compile(const LeakyRelu& op, const NodeView& view) {
  if (!MakesFloat(view)) return CompileInt(op, view);
  CheckFloat(view);
  return [&kernels = Kernels(), alpha = op.alpha,
          n = ElementCount(view.Input(0).shape)](const Buffers& buffers) {
    kernels.leaky_relu(alpha, n, buffers.In<float>(0), buffers.Out<float>());
  };
}

TfliteOp Form(const LeakyRelu& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_LEAKY_RELU,
          .version = VersionFor(view, {.int8 = 1, .int16 = 2}),
          .options_type = tflite::BuiltinOptions_LeakyReluOptions,
          .options = tflite::CreateLeakyReluOptions(builder, op.alpha).Union(),
          .inputs = Operands(view)};
}

Parsed ParseLeakyRelu(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::LeakyReluOptions>();
  return ParsedOp{LeakyRelu{options == nullptr ? 0.0F : options->alpha()}};
}

}  // namespace

const OpDef& LeakyRelu::Def() {
  static const OpDef kDef = Define<LeakyRelu>({
      .infer = SameAsInput<LeakyRelu>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_LEAKY_RELU},
      .parse = ParseLeakyRelu,
  });
  return kDef;
}

}  // namespace kinglet
