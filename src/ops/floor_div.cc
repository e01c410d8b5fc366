// FloorDiv: the quotient, rounded down.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const FloorDiv& /*op*/, const NodeView& view) {
  return BinaryKernel(BinaryOp::kFloorDiv, Activation::kNone, view);
}

}  // namespace

const OpDef& FloorDiv::Def() {
  static const OpDef kDef = Define<FloorDiv>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<FloorDiv>,
      .types = FloatsAndIntegers(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<FloorDiv, tflite::BuiltinOperator_FLOOR_DIV, 1>,
      .codes = {tflite::BuiltinOperator_FLOOR_DIV},
      .parse = ParsePlain<FloorDiv>,
  });
  return kDef;
}

}  // namespace kinglet
