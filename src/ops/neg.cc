// Neg: the other sign.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Neg& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kNeg, view);
}

}  // namespace

const OpDef& Neg::Def() {
  static const OpDef kDef = Define<Neg>({
      .infer = SameAsInput<Neg>,
      .types = FloatsAndIntegers(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Neg, tflite::BuiltinOperator_NEG, 1>,
      .codes = {tflite::BuiltinOperator_NEG},
      .parse = ParsePlain<Neg>,
  });
  return kDef;
}

}  // namespace kinglet
