// Atan2: the angle of a point by the C library, as the reference kernel has it, which
// broadcasts nothing.
#include <cmath>

#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred InferAtan2(const Atan2& /*op*/, std::span<const TensorType> inputs) {
  if (inputs[0].shape != inputs[1].shape) {
    return "operands of shapes " + ToString(inputs[0].shape) + " and " +
           ToString(inputs[1].shape) + ", which have to be equal";
  }
  return std::vector<TensorType>{inputs[0]};
}

float AngleOf(float y, float x) { return std::atan2(y, x); }

Kernel CompileAtan2(const Atan2& /*op*/, const NodeView& view) {
  CheckFloat(view);
  return Broadcast2Kernel<float>(AngleOf, view);
}

}  // namespace

const OpDef& Atan2::Def() {
  static const OpDef kDef = Define<Atan2>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = InferAtan2,
      .compile = CompileAtan2,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Atan2, tflite::BuiltinOperator_ATAN2, 1>,
      .codes = {tflite::BuiltinOperator_ATAN2},
      .parse = ParsePlain<Atan2>,
  });
  return kDef;
}

}  // namespace kinglet
