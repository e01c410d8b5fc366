// Round: to the nearest integer, halves to the even one.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Round& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kRound, view);
}

}  // namespace

const OpDef& Round::Def() {
  static const OpDef kDef = Define<Round>({
      .infer = SameAsInput<Round>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Round, tflite::BuiltinOperator_ROUND, 1>,
      .codes = {tflite::BuiltinOperator_ROUND},
      .parse = ParsePlain<Round>,
  });
  return kDef;
}

}  // namespace kinglet
