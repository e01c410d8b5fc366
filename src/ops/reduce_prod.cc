// ReduceProd: the product over axes.
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

Inferred Infer(const ReduceProd& op, std::span<const TensorType> inputs) {
  return Reduced(inputs[0], op.axes, op.keep_dims);
}

Kernel Compile(const ReduceProd& op, const NodeView& view) {
  if (MakesQuantized(view)) return IntProductOver(op.axes, view);
  return ReduceKernel(ReduceOp::kProduct, op.axes, view);
}

TfliteOp Form(const ReduceProd& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return ReducerForm(op, view, tflite::BuiltinOperator_REDUCE_PROD, builder);
}

}  // namespace

const OpDef& ReduceProd::Def() {
  static const OpDef kDef = Define<ReduceProd>({
      .infer = Infer,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .has_int16 = [](const ReduceProd& /*op*/) { return false; },
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_REDUCE_PROD},
      .parse = ParseReducer<ReduceProd>,
  });
  return kDef;
}

}  // namespace kinglet
