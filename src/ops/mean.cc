// Mean over axes. INT8 rescales the integer sum, so the result has a scale of its own.
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/int_reduce.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Mean& op, std::span<const TensorType> inputs) {
  return Reduced(inputs[0], op.axes, op.keep_dims);
}

Kernel Compile(const Mean& op, const NodeView& view) {
  if (!MakesFloat(view)) return IntMeanOver(op.axes, view);
  return FloatReduce(ReduceOp::kMean, op.axes, view);
}

TfliteOp Form(const Mean& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return ReducerForm(op, view, tflite::BuiltinOperator_MEAN, builder);
}

}  // namespace

const OpDef& Mean::Def() {
  static const OpDef kDef = Define<Mean>({
      .infer = Infer,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MEAN},
      .parse = ParseReducer<Mean>,
  });
  return kDef;
}

}  // namespace kinglet
