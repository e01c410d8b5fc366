// Maximum: the larger of two, with NumPy broadcasting. INT8 compares the integers, so
// both operands and the result share one scale.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Maximum& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) return IntSelect(IntBinaryOp::kMaximum, view);
  return BinaryKernel(BinaryOp::kMaximum, Activation::kNone, view);
}

TfliteOp Form(const Maximum& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_MAXIMUM, {.int16 = 4});
}

}  // namespace

const OpDef& Maximum::Def() {
  static const OpDef kDef = Define<Maximum>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Maximum>,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MAXIMUM},
      .parse = ParsePlain<Maximum>,
  });
  return kDef;
}

}  // namespace kinglet
