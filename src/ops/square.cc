// Square: x * x.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Square& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kSquare, view);
}

}  // namespace

const OpDef& Square::Def() {
  static const OpDef kDef = Define<Square>({
      .infer = SameAsInput<Square>,
      .types = FloatsAndIntegers(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Square, tflite::BuiltinOperator_SQUARE, 1>,
      .codes = {tflite::BuiltinOperator_SQUARE},
      .parse = ParsePlain<Square>,
  });
  return kDef;
}

}  // namespace kinglet
