// Pow: x to the power y by the C library, as the reference kernel has it.
#include <cmath>

#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

float PowerOf(float x, float y) { return std::pow(x, y); }

Kernel Compile(const Pow& /*op*/, const NodeView& view) {
  CheckFloat(view);
  return Broadcast2Kernel<float>(PowerOf, view);
}

}  // namespace

const OpDef& Pow::Def() {
  static const OpDef kDef = Define<Pow>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Pow>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<Pow, tflite::BuiltinOperator_POW, 1>,
      .codes = {tflite::BuiltinOperator_POW},
      .parse = ParsePlain<Pow>,
  });
  return kDef;
}

}  // namespace kinglet
