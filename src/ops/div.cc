// Div: a / b, with NumPy broadcasting and a fused clamp.
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Div& op, const NodeView& view) {
  return FloatBinary(BinaryOp::kDiv, op.activation, view);
}

TfliteOp Form(const Div& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_DIV,
          .version = VersionFor(view, {.int8 = 1}),
          .options_type = tflite::BuiltinOptions_DivOptions,
          .options =
              tflite::CreateDivOptions(builder, TfliteActivation(op.activation)).Union(),
          .inputs = Operands(view)};
}

}  // namespace

const OpDef& Div::Def() {
  static const OpDef kDef = Define<Div>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Div>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_DIV},
      .parse = ParseBinary<Div, tflite::DivOptions>,
  });
  return kDef;
}

}  // namespace kinglet
