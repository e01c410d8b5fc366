// FloorMod: what FloorDiv leaves over; it has the sign of the divisor.
#include <cmath>

#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

float Remainder(float x, float y) {
  const float remainder = std::fmod(x, y);
  return remainder != 0 && (y < 0) != (remainder < 0) ? remainder + y : remainder;
}

// By zero there is no remainder; integers have no other way to say so.
template <typename T>
T IntegerRemainder(T x, T y) {
  if (y == 0 || y == -1) return 0;
  const T remainder = x % y;
  return remainder != 0 && (y < 0) != (remainder < 0) ? remainder + y : remainder;
}

Kernel Compile(const FloorMod& /*op*/, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt32:
      return Broadcast2Kernel<std::int32_t>(IntegerRemainder<std::int32_t>, view);
    case DType::kInt64:
      return Broadcast2Kernel<std::int64_t>(IntegerRemainder<std::int64_t>, view);
    default:
      CheckFloat(view);
      return Broadcast2Kernel<float>(Remainder, view);
  }
}

}  // namespace

const OpDef& FloorMod::Def() {
  static const OpDef kDef = Define<FloorMod>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<FloorMod>,
      .types = FloatsAndIntegers(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<FloorMod, tflite::BuiltinOperator_FLOOR_MOD, 1>,
      .codes = {tflite::BuiltinOperator_FLOOR_MOD},
      .parse = ParsePlain<FloorMod>,
  });
  return kDef;
}

}  // namespace kinglet
