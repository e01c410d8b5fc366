// PRelu: x where x >= 0, alpha * x elsewhere. INT8: alpha symmetric, one scale.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const PRelu& /*op*/, const NodeView& view) {
  return BinaryKernel(BinaryOp::kPRelu, Activation::kNone, view);
}

}  // namespace

const OpDef& PRelu::Def() {
  static const OpDef kDef = Define<PRelu>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<PRelu>,
      .types = FloatsAndIntegers(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated, .weights = 1, .per_tensor = true},
      .tflite = PlainForm<PRelu, tflite::BuiltinOperator_PRELU, 1>,
      .codes = {tflite::BuiltinOperator_PRELU},
      .parse = ParsePlain<PRelu>,
  });
  return kDef;
}

}  // namespace kinglet
