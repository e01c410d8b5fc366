// HardSwish: x * min(max(x + 3, 0), 6) / 6, from left to right.
#include <algorithm>

#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// A factor as a fraction of 2^15 and an exponent.
struct Multiplier16 {
  std::int16_t value;
  int exponent;
};

Multiplier16 QuantizeMultiplier16(float factor) {
  constexpr std::int32_t kHalf = 1 << 15;
  const Multiplier m = QuantizeMultiplier(factor, Rounding::kDouble);
  const bool overflows = m.value >= INT32_MAX - kHalf;
  return {static_cast<std::int16_t>(overflows ? INT16_MAX : (m.value + kHalf) >> 16),
          m.shift};
}

std::int16_t Saturated16(std::int32_t x) {
  return static_cast<std::int16_t>(std::clamp<std::int32_t>(x, INT16_MIN, INT16_MAX));
}

/// 2 a b / 2^16, rounded with ties up, or cut toward zero.
std::int16_t HighProduct16(std::int16_t a, std::int16_t b) {
  return Saturated16((a * b + (1 << 14)) >> 15);
}
std::int16_t CutProduct16(std::int16_t a, std::int16_t b) {
  return Saturated16(a * b / (1 << 15));
}

/// round(x / 2^exponent) as the reference kernel computes it in 16 bits: from an exponent
/// of 16 on its mask has no room, and it gives 1, or -1 below zero.
std::int32_t RoundedShift16(std::int16_t x, int exponent) {
  constexpr int kBits = 16;
  if (exponent < kBits) return RoundedShift(x, exponent);
  return x < 0 ? -1 : 1;
}

/// min(max(x + 3, 0), 6) / 6 as a fraction of 2^15, of a fraction of 2^15 / 3.
std::int16_t Gate(std::int16_t x, const Multiplier16& factor) {
  std::int32_t y = x;
  if (factor.exponent > 0) y = Saturated16(WrappingShift(y, factor.exponent - 1));
  const std::int16_t product = HighProduct16(static_cast<std::int16_t>(y), factor.value);
  y = product;
  if (factor.exponent > 0) y = Saturated16(2 * product);
  if (factor.exponent < 0) y = RoundedShift16(product, -factor.exponent);
  return static_cast<std::int16_t>((y + (1 << 15)) >> 1);
}

/// With seven more bits of the input, in 16 bits (rule 8.12).
Kernel CompileIntHardSwish(const NodeView& view) {
  const Scale in = ScaleOf(view.Input(0));
  const float fine_scale = in.scale * (1.0F / 128.0F);
  const Multiplier16 to_output =
      QuantizeMultiplier16(fine_scale / ScaleOf(view.Output()).scale);
  const Multiplier16 to_gate = QuantizeMultiplier16(fine_scale / (3.0F / 32768.0F));
  const IntOutput output = OutputOf(view, Activation::kNone);
  return IntMap(view, [&](std::int32_t q) {
    const auto x = static_cast<std::int16_t>((q - in.zero_point) * 128);
    const std::int16_t gated =
        CutProduct16(Gate(x, to_gate), HighProduct16(x, to_output.value));
    const int shift = to_output.exponent;
    return Clamped(
        shift > 0 ? WrappingShift(gated, shift) : RoundedShift16(gated, -shift), output);
  });
}

Kernel Compile(const HardSwish& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) return CompileIntHardSwish(view);
  return UnaryKernel(UnaryOp::kHardSwish, view);
}

}  // namespace

const OpDef& HardSwish::Def() {
  static const OpDef kDef = Define<HardSwish>({
      .infer = SameAsInput<HardSwish>,
      .types = {DType::kFloat32, DType::kInt8},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<HardSwish, tflite::BuiltinOperator_HARD_SWISH, 1>,
      .codes = {tflite::BuiltinOperator_HARD_SWISH},
      .parse = ParsePlain<HardSwish>,
  });
  return kDef;
}

}  // namespace kinglet
