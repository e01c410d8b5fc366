// Rsqrt: 1 / sqrt(x).
#include <cmath>

#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// Of zero and below, which the runtime refuses, the largest result.
Kernel CompileIntRsqrt(const NodeView& view) {
  if (view.Output().dtype == DType::kInt16) {
    const float highest = INT16_MAX * ScaleOf(view.Output()).scale;
    return RealMap(view,
                   [&](float x) { return x > 0.0F ? 1.0F / std::sqrt(x) : highest; });
  }
  constexpr int kFraction = 20;
  const Scale in = ScaleOf(view.Input(0));
  const float product = std::sqrt(in.scale) * ScaleOf(view.Output()).scale;
  Multiplier multiplier = QuantizeMultiplier(1.0 / product, view.rounding);
  multiplier.shift -= kFraction;
  const IntOutput output = OutputOf(view, Activation::kNone);
  return IntMap(view, [&](std::int32_t q) {
    const std::int32_t x = q - in.zero_point;
    if (x <= 0) return output.high;
    Multiplier root = InverseSquareRoot(x);
    root.shift += kFraction;
    const std::int32_t fraction = Multiply(1, root, view.rounding);
    return Clamped(Multiply(fraction, multiplier, view.rounding), output);
  });
}

Kernel Compile(const Rsqrt& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) return CompileIntRsqrt(view);
  return UnaryKernel(UnaryOp::kRsqrt, view);
}

}  // namespace

const OpDef& Rsqrt::Def() {
  static const OpDef kDef = Define<Rsqrt>({
      .infer = SameAsInput<Rsqrt>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<Rsqrt, tflite::BuiltinOperator_RSQRT>,
      .codes = {tflite::BuiltinOperator_RSQRT},
      .parse = ParsePlain<Rsqrt>,
  });
  return kDef;
}

}  // namespace kinglet
