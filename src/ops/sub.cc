// Sub: a - b, with NumPy broadcasting and a fused clamp.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/wide_sums.h"

namespace kinglet {
namespace {

/// Broadcasting beyond four axes came with version 3.
int SubVersion(const NodeView& view) {
  const bool plain = view.Input(0).shape == view.Input(1).shape;
  return !plain && view.Output().shape.size() > 4 ? 3 : VersionFor(view, {.int16 = 5});
}

Kernel Compile(const Sub& op, const NodeView& view) {
  if (MakesQuantized(view)) return IntSum(IntBinaryOp::kSub, op.activation, view);
  return BinaryKernel(BinaryOp::kSub, op.activation, view);
}

TfliteOp Form(const Sub& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  // Scales of INT16 are no powers of two.
  const bool is_wide = view.Input(0).dtype == DType::kInt16;
  return {.code = tflite::BuiltinOperator_SUB,
          .version = SubVersion(view),
          .options_type = tflite::BuiltinOptions_SubOptions,
          .options =
              tflite::CreateSubOptions(builder, TfliteActivation(op.activation), !is_wide)
                  .Union(),
          .inputs = Operands(view)};
}

}  // namespace

const OpDef& Sub::Def() {
  static const OpDef kDef = Define<Sub>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Sub>,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_SUB},
      .parse = ParseSum<Sub, tflite::SubOptions>,
  });
  return kDef;
}

}  // namespace kinglet
