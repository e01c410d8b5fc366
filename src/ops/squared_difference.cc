// SquaredDifference: (x - y)^2.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const SquaredDifference& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) {
    return IntSum(IntBinaryOp::kSquaredDifference, Activation::kNone, view);
  }
  return BinaryKernel(BinaryOp::kSquaredDifference, Activation::kNone, view);
}

}  // namespace

const OpDef& SquaredDifference::Def() {
  static const OpDef kDef = Define<SquaredDifference>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<SquaredDifference>,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt32, DType::kInt64},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<SquaredDifference, tflite::BuiltinOperator_SQUARED_DIFFERENCE>,
      .codes = {tflite::BuiltinOperator_SQUARED_DIFFERENCE},
      .parse = ParsePlain<SquaredDifference>,
  });
  return kDef;
}

}  // namespace kinglet
