// Rsqrt: 1 / sqrt(x).
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Rsqrt& /*op*/, const NodeView& view) {
  return UnaryKernel(UnaryOp::kRsqrt, view);
}

}  // namespace

const OpDef& Rsqrt::Def() {
  static const OpDef kDef = Define<Rsqrt>({
      .infer = SameAsInput<Rsqrt>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<Rsqrt, tflite::BuiltinOperator_RSQRT>,
      .codes = {tflite::BuiltinOperator_RSQRT},
      .parse = ParsePlain<Rsqrt>,
  });
  return kDef;
}

}  // namespace kinglet
