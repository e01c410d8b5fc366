// Sum over axes. INT8 rescales the integer sum, so the result has a scale of its own.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/int_reduce.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Sum& op, std::span<const TensorType> inputs) {
  return Reduced(inputs[0], op.axes, op.keep_dims);
}

Kernel Compile(const Sum& op, const NodeView& view) {
  if (MakesQuantized(view)) return IntSumOver(op.axes, view);
  return ReduceKernel(ReduceOp::kSum, op.axes, view);
}

TfliteOp Form(const Sum& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  TfliteOp form = ReducerForm(op, view, tflite::BuiltinOperator_SUM, builder);
  form.version = VersionFor(view, {.int16 = 2});
  return form;
}

}  // namespace

const OpDef& Sum::Def() {
  static const OpDef kDef = Define<Sum>({
      .infer = Infer,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_SUM},
      .parse = ParseReducer<Sum>,
  });
  return kDef;
}

}  // namespace kinglet
