// Abs: the magnitude. INT8 rescales, so the result has a scale of its own.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Abs& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kAbs, view);
}

}  // namespace

const OpDef& Abs::Def() {
  static const OpDef kDef = Define<Abs>({
      .infer = SameAsInput<Abs>,
      .types = FloatsAndIntegers(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<Abs, tflite::BuiltinOperator_ABS>,
      .codes = {tflite::BuiltinOperator_ABS},
      .parse = ParsePlain<Abs>,
  });
  return kDef;
}

}  // namespace kinglet
