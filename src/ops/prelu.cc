// PRelu: x where x >= 0, alpha * x elsewhere. INT8: alpha symmetric, one scale.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// Both factors in float32, operation by operation.
Kernel CompileIntPrelu(const NodeView& view) {
  const Scale x = ScaleOf(view.Input(0));
  const Scale alpha = ScaleOf(view.Input(1));
  const float out_scale = ScaleOf(view.Output()).scale;
  return IntBinary(
      {.op = IntBinaryOp::kPRelu,
       .a_zero_point = x.zero_point,
       .b_zero_point = alpha.zero_point,
       .a = QuantizeMultiplier(x.scale / out_scale, view.rounding),
       .result = QuantizeMultiplier(x.scale * alpha.scale / out_scale, view.rounding),
       .output = OutputOf(view, Activation::kNone)},
      view);
}

Kernel Compile(const PRelu& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) return CompileIntPrelu(view);
  return BinaryKernel(BinaryOp::kPRelu, Activation::kNone, view);
}

}  // namespace

const OpDef& PRelu::Def() {
  static const OpDef kDef = Define<PRelu>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<PRelu>,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt32, DType::kInt64},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated, .weights = 1, .per_tensor = true},
      .tflite = PlainForm<PRelu, tflite::BuiltinOperator_PRELU, 1>,
      .codes = {tflite::BuiltinOperator_PRELU},
      .parse = ParsePlain<PRelu>,
  });
  return kDef;
}

}  // namespace kinglet
