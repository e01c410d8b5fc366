// Floor: the next integer below.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Floor& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kFloor, view);
}

}  // namespace

const OpDef& Floor::Def() {
  static const OpDef kDef = Define<Floor>({
      .infer = SameAsInput<Floor>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Floor, tflite::BuiltinOperator_FLOOR, 1>,
      .codes = {tflite::BuiltinOperator_FLOOR},
      .parse = ParsePlain<Floor>,
  });
  return kDef;
}

}  // namespace kinglet
