// Sin, computed in double and rounded once.
#include "kernels/functions.h"
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Sin& /*op*/, const NodeView& view) { return MapKernel(SinOf, view); }

}  // namespace

const OpDef& Sin::Def() {
  static const OpDef kDef = Define<Sin>({
      .infer = SameAsInput<Sin>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Sin, tflite::BuiltinOperator_SIN, 1>,
      .codes = {tflite::BuiltinOperator_SIN},
      .parse = ParsePlain<Sin>,
  });
  return kDef;
}

}  // namespace kinglet
