// Abs: the magnitude. INT8 rescales, so the result has a scale of its own.
#include <cstdlib>

#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// Rescaled only where the scales differ.
Kernel CompileIntAbs(const NodeView& view) {
  const Scale in = ScaleOf(view.Input(0));
  const float out_scale = ScaleOf(view.Output()).scale;
  const Multiplier multiplier = QuantizeMultiplier(in.scale / out_scale, view.rounding);
  const IntOutput output = OutputOf(view, Activation::kNone);
  return IntMap(view, [&](std::int32_t q) {
    const std::int32_t magnitude = std::abs(q - in.zero_point);
    if (in.scale == out_scale) return Clamped(magnitude, output);
    return Clamped(Multiply(magnitude, multiplier, view.rounding), output);
  });
}

Kernel Compile(const Abs& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) return CompileIntAbs(view);
  return UnaryKernel(UnaryOp::kAbs, view);
}

}  // namespace

const OpDef& Abs::Def() {
  static const OpDef kDef = Define<Abs>({
      .infer = SameAsInput<Abs>,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<Abs, tflite::BuiltinOperator_ABS>,
      .codes = {tflite::BuiltinOperator_ABS},
      .parse = ParsePlain<Abs>,
  });
  return kDef;
}

}  // namespace kinglet
