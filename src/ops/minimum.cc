// Minimum: the smaller of two, with NumPy broadcasting. INT8 compares the integers, so
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

Kernel Compile(const Minimum& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) return IntSelect(IntBinaryOp::kMinimum, view);
  return BinaryKernel(BinaryOp::kMinimum, Activation::kNone, view);
}

TfliteOp Form(const Minimum& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_MINIMUM, {.int16 = 4});
}

}  // namespace

const OpDef& Minimum::Def() {
  static const OpDef kDef = Define<Minimum>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Minimum>,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MINIMUM},
      .parse = ParsePlain<Minimum>,
  });
  return kDef;
}

}  // namespace kinglet
