// Sign: 1 above zero, -1 below, 0 at zero and for NaN.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

float SignOf(float x) {
  if (x > 0) return 1;
  return x < 0 ? -1.0F : 0.0F;
}

Kernel Compile(const Sign& /*op*/, const NodeView& view) {
  return MapKernel(SignOf, view);
}

}  // namespace

const OpDef& Sign::Def() {
  static const OpDef kDef = Define<Sign>({
      .infer = SameAsInput<Sign>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Sign, tflite::BuiltinOperator_SIGN, 1>,
      .codes = {tflite::BuiltinOperator_SIGN},
      .parse = ParsePlain<Sign>,
  });
  return kDef;
}

}  // namespace kinglet
