// Cos, computed in double and rounded once.
#include "kernels/functions.h"
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Cos& /*op*/, const NodeView& view) { return MapKernel(CosOf, view); }

}  // namespace

const OpDef& Cos::Def() {
  static const OpDef kDef = Define<Cos>({
      .infer = SameAsInput<Cos>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Cos, tflite::BuiltinOperator_COS, 1>,
      .codes = {tflite::BuiltinOperator_COS},
      .parse = ParsePlain<Cos>,
  });
  return kDef;
}

}  // namespace kinglet
