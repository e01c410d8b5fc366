// ReduceMin over axes. INT8 compares integers, so input and result share one scale.
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

Inferred Infer(const ReduceMin& op, std::span<const TensorType> inputs) {
  return Reduced(inputs[0], op.axes, op.keep_dims);
}

Kernel Compile(const ReduceMin& op, const NodeView& view) {
  if (MakesQuantized(view)) return IntExtremeOver(IntReduceOp::kMinimum, op.axes, view);
  return ReduceKernel(ReduceOp::kMin, op.axes, view);
}

TfliteOp Form(const ReduceMin& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return ReducerForm(op, view, tflite::BuiltinOperator_REDUCE_MIN, builder);
}

}  // namespace

const OpDef& ReduceMin::Def() {
  static const OpDef kDef = Define<ReduceMin>({
      .infer = Infer,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_REDUCE_MIN},
      .parse = ParseReducer<ReduceMin>,
  });
  return kDef;
}

}  // namespace kinglet
