// Sqrt: the square root. INT8 cuts what is behind the point.
#include <algorithm>
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

/// In float32; of negative numbers 0.
Kernel CompileIntSqrt(const NodeView& view) {
  const Scale in = ScaleOf(view.Input(0));
  const Scale out = ScaleOf(view.Output());
  const IntOutput output = OutputOf(view, Activation::kNone);
  return IntMap(view, [&](std::int32_t q) {
    const float x = in.scale * static_cast<float>(std::max(q - in.zero_point, 0));
    const float y = std::sqrt(x) / out.scale;
    constexpr float kFar = 1 << 24;
    return Clamped(static_cast<std::int32_t>(std::min(y, kFar)), output);
  });
}

Kernel Compile(const Sqrt& /*op*/, const NodeView& view) {
  if (MakesQuantized(view)) return CompileIntSqrt(view);
  return UnaryKernel(UnaryOp::kSqrt, view);
}

}  // namespace

const OpDef& Sqrt::Def() {
  static const OpDef kDef = Define<Sqrt>({
      .infer = SameAsInput<Sqrt>,
      .types = {DType::kFloat32, DType::kInt8},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = PlainForm<Sqrt, tflite::BuiltinOperator_SQRT>,
      .codes = {tflite::BuiltinOperator_SQRT},
      .parse = ParsePlain<Sqrt>,
  });
  return kDef;
}

}  // namespace kinglet
