// HardSwish: x * min(max(x + 3, 0), 6) / 6, from left to right.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const HardSwish& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kHardSwish, view);
}

}  // namespace

const OpDef& HardSwish::Def() {
  static const OpDef kDef = Define<HardSwish>({
      .infer = SameAsInput<HardSwish>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<HardSwish, tflite::BuiltinOperator_HARD_SWISH, 1>,
      .codes = {tflite::BuiltinOperator_HARD_SWISH},
      .parse = ParsePlain<HardSwish>,
  });
  return kDef;
}

}  // namespace kinglet
