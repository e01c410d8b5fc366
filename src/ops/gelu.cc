// Gelu: the input times its probability under the normal distribution, or with
// `approximate` with tanh in its place. INT8: a table of 256 entries, INT16: of
// 513 with lines between them.
#include <cmath>

#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// In the order of the format's own kernel.
float GeluOf(float x) {
  const float argument = x * -0.70710678F;
  return 0.5F * x * static_cast<float>(std::erfc(static_cast<double>(argument)));
}

float GeluTanh(float x) {
  const float argument = 0.79788456F * (x + 0.044715F * x * x * x);
  return 0.5F * x * (1.0F + TanhOf(argument));
}

Kernel Compile(const Gelu& op, const NodeView& view) {
  if (MakesQuantized(view)) return RealMap(view, op.approximate ? GeluTanh : GeluOf);
  return UnaryKernel(op.approximate ? UnaryOp::kGeluTanh : UnaryOp::kGelu, view);
}

TfliteOp Form(const Gelu& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_GELU,
          .version = VersionFor(view, {.int16 = 2}),
          .options_type = tflite::BuiltinOptions_GeluOptions,
          .options = tflite::CreateGeluOptions(builder, op.approximate).Union(),
          .inputs = Operands(view)};
}

Parsed ParseGelu(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::GeluOptions>();
  return ParsedOp{Gelu{options != nullptr && options->approximate()}};
}

}  // namespace

const OpDef& Gelu::Def() {
  static const OpDef kDef = Define<Gelu>({
      .infer = SameAsInput<Gelu>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_GELU},
      .parse = ParseGelu,
  });
  return kDef;
}

}  // namespace kinglet
