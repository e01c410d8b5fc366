// Largest element over axes. INT8 compares the integers: the result keeps the scale.
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

Inferred Infer(const ReduceMax& op, std::span<const TensorType> inputs) {
  return Reduced(inputs[0], op.axes, op.keep_dims);
}

Kernel Compile(const ReduceMax& op, const NodeView& view) {
  if (MakesQuantized(view)) return IntExtremeOver(IntReduceOp::kMaximum, op.axes, view);
  return ReduceKernel(ReduceOp::kMax, op.axes, view);
}

TfliteOp Form(const ReduceMax& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return ReducerForm(op, view, tflite::BuiltinOperator_REDUCE_MAX, builder);
}

}  // namespace

const OpDef& ReduceMax::Def() {
  static const OpDef kDef = Define<ReduceMax>({
      .infer = Infer,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_REDUCE_MAX},
      .parse = ParseReducer<ReduceMax>,
  });
  return kDef;
}

}  // namespace kinglet
