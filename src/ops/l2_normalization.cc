// L2Normalization: x / max(sqrt(sum of x^2), 1e-6) over the last axis. INT8: the result
// is always in [-1, 1).
#include <algorithm>
#include <cmath>

#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

constexpr float kSmallestNorm = 1e-6F;

/// The result has the scale 1/128 and the zero point 0.
Kernel CompileInt(Size rows, Size columns, const NodeView& view) {
  constexpr int kFraction = 7;
  return [zero_point = ScaleOf(view.Input(0)).zero_point,
          output = OutputOf(view, Activation::kNone), rows,
          columns](const Buffers& buffers) {
    const auto* in = buffers.In<std::int8_t>(0);
    auto* out = buffers.Out<std::int8_t>();
    for (Size r = 0; r < rows; ++r, in += columns, out += columns) {
      std::int32_t squares = 0;
      for (Size i = 0; i < columns; ++i) {
        squares += (in[i] - zero_point) * (in[i] - zero_point);
      }
      Multiplier root = InverseSquareRoot(squares);
      root.shift += kFraction;
      for (Size i = 0; i < columns; ++i) {
        const std::int32_t y = Multiply(in[i] - zero_point, root, output.rounding);
        out[i] = static_cast<std::int8_t>(Clamped(y, output));
      }
    }
  };
}

Kernel Compile(const L2Normalization& /*op*/, const NodeView& view) {
  const Shape& shape = view.Input(0).shape;
  const Size columns = shape.empty() ? 1 : shape.back();
  const Size rows = ElementCount(shape) / columns;
  if (MakesQuantized(view)) return CompileInt(rows, columns, view);
  CheckFloat(view);
  return [rows, columns](const Buffers& buffers) {
    for (Size r = 0; r < rows; ++r) {
      const float* in = buffers.In<float>(0) + r * columns;
      float sum = 0.0F;
      for (Size i = 0; i < columns; ++i) sum += in[i] * in[i];
      const float norm = std::max(std::sqrt(sum), kSmallestNorm);
      float* out = buffers.Out<float>() + r * columns;
      for (Size i = 0; i < columns; ++i) out[i] = in[i] / norm;
    }
  };
}

TfliteOp Form(const L2Normalization& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_L2_NORMALIZATION,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_L2NormOptions,
          .options = tflite::CreateL2NormOptions(builder).Union(),
          .inputs = Operands(view)};
}

Parsed ParseL2Normalization(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::L2NormOptions>();
  if (options != nullptr &&
      options->activation() != tflite::ActivationFunctionType_NONE) {
    return "a fused activation is not supported";
  }
  return ParsedOp{L2Normalization{}};
}

}  // namespace

const OpDef& L2Normalization::Def() {
  static const OpDef kDef = Define<L2Normalization>({
      .infer = SameAsInput<L2Normalization>,
      .types = {DType::kFloat32, DType::kInt8},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFixed, .fixed = {1.0F / 128, 0}},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_L2_NORMALIZATION},
      .parse = ParseL2Normalization,
  });
  return kDef;
}

}  // namespace kinglet
