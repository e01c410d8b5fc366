// Ceil: the next integer above.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Ceil& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kCeil, view);
}

}  // namespace

const OpDef& Ceil::Def() {
  static const OpDef kDef = Define<Ceil>({
      .infer = SameAsInput<Ceil>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Ceil, tflite::BuiltinOperator_CEIL, 1>,
      .codes = {tflite::BuiltinOperator_CEIL},
      .parse = ParsePlain<Ceil>,
  });
  return kDef;
}

}  // namespace kinglet
