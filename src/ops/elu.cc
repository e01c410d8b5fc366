// Elu: x where x >= 0, exp(x) - 1 elsewhere.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Elu& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) {
    return RealMap(view, [](float x) { return x < 0.0F ? ExpMinusOneOf(x) : x; });
  }
  return UnaryKernel(UnaryOp::kElu, view);
}

}  // namespace

const OpDef& Elu::Def() {
  static const OpDef kDef = Define<Elu>({
      .infer = SameAsInput<Elu>,
      .types = {DType::kFloat32, DType::kInt8},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated, .only_between_integers = true},
      .tflite = PlainForm<Elu, tflite::BuiltinOperator_ELU, 1>,
      .codes = {tflite::BuiltinOperator_ELU},
      .parse = ParsePlain<Elu>,
  });
  return kDef;
}

}  // namespace kinglet
