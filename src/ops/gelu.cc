// Gelu: the input times its probability under the normal distribution, or with
// `approximate` with tanh in its place. INT8: a table of 256 entries.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Gelu& op, const NodeView& view) {
  return UnaryKernel(op.approximate ? UnaryOp::kGeluTanh : UnaryOp::kGelu, view);
}

TfliteOp Form(const Gelu& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_GELU,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_GeluOptions,
          .options = tflite::CreateGeluOptions(builder, op.approximate).Union(),
          .inputs = Operands(view)};
}

Parsed Parse(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::GeluOptions>();
  return ParsedOp{Gelu{options != nullptr && options->approximate()}};
}

}  // namespace

const OpDef& Gelu::Def() {
  static const OpDef kDef = Define<Gelu>({
      .infer = SameAsInput<Gelu>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_GELU},
      .parse = Parse,
  });
  return kDef;
}

}  // namespace kinglet
