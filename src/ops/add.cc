// Add: a + b, with NumPy broadcasting and a fused clamp.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/wide_sums.h"

namespace kinglet {
namespace {

Kernel Compile(const Add& op, const NodeView& view) {
  if (MakesQuantized(view)) return IntSum(IntBinaryOp::kAdd, op.activation, view);
  return BinaryKernel(BinaryOp::kAdd, op.activation, view);
}

TfliteOp Form(const Add& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  // Scales of INT16 are no powers of two.
  const bool is_wide = view.Input(0).dtype == DType::kInt16;
  return {.code = tflite::BuiltinOperator_ADD,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_AddOptions,
          .options =
              tflite::CreateAddOptions(builder, TfliteActivation(op.activation), !is_wide)
                  .Union(),
          .inputs = Operands(view)};
}

}  // namespace

const OpDef& Add::Def() {
  static const OpDef kDef = Define<Add>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Add>,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_ADD},
      .parse = ParseSum<Add, tflite::AddOptions>,
  });
  return kDef;
}

}  // namespace kinglet
