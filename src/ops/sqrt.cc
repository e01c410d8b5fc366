// Sqrt.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Sqrt& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kSqrt, view);
}

}  // namespace

const OpDef& Sqrt::Def() {
  static const OpDef kDef = Define<Sqrt>({
      .infer = SameAsInput<Sqrt>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<Sqrt, tflite::BuiltinOperator_SQRT>,
      .codes = {tflite::BuiltinOperator_SQRT},
      .parse = ParsePlain<Sqrt>,
  });
  return kDef;
}

}  // namespace kinglet
