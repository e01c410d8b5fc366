// LeakyRelu: y = x where x >= 0, alpha * x elsewhere.
#include "ops/define.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"

namespace kinglet {
namespace {

TfliteOp Form(const LeakyRelu& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_LEAKY_RELU,
          .version = VersionFor(view, {.int8 = 1, .int16 = 2}),
          .options_type = tflite::BuiltinOptions_LeakyReluOptions,
          .options = tflite::CreateLeakyReluOptions(builder, op.alpha).Union(),
          .inputs = Operands(view)};
}

}  // namespace

const OpDef& LeakyRelu::Def() {
  static const OpDef kDef = Define<LeakyRelu>({
      .infer = SameAsInput<LeakyRelu>,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
  });
  return kDef;
}

}  // namespace kinglet
