// Quantize: float to integer, q = round(x / scale) + zero point, halves away from zero;
// or integer to integer with another scale.
#include "kernels/kernels.h"
#include "ops/define.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Quantize& op, std::span<const TensorType> inputs) {
  return std::vector<TensorType>{{op.dtype, inputs[0].shape}};
}

/// Integer to integer.
Kernel Requantize(const NodeView& view) {
  const Scale in = ScaleOf(view.Input(0));
  const double factor = double{in.scale} / ScaleOf(view.Output()).scale;
  const Multiplier multiplier = QuantizeMultiplier(factor, view.rounding);
  const IntOutput output = OutputOf(view, Activation::kNone);
  return IntMap(view, [&](std::int32_t q) {
    return Clamped(Multiply(q - in.zero_point, multiplier, view.rounding), output);
  });
}

Kernel Compile(const Quantize& /*op*/, const NodeView& view) {
  if (view.Input(0).dtype != DType::kFloat32) return Requantize(view);
  const Value& out = view.Output();
  return [&kernels = Kernels(), to = out.dtype, scale = ScaleOf(out),
          n = ElementCount(out.shape)](const Buffers& buffers) {
    if (to == DType::kInt8) {
      kernels.quantize_int8(scale, n, buffers.In<float>(0), buffers.Out<std::int8_t>());
    } else {
      kernels.quantize_int16(scale, n, buffers.In<float>(0), buffers.Out<std::int16_t>());
    }
  };
}

std::optional<std::string> QuantizeProblem(const NodeView& view) {
  const DType to = view.Output().dtype;
  if (to != DType::kInt8 && to != DType::kInt16) return "a result of another type";
  return ScaleProblem(view);
}

TfliteOp Form(const Quantize& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const int version = op.dtype == DType::kInt16 ? 2 : 1;
  return WithoutOptions(view, tflite::BuiltinOperator_QUANTIZE,
                        {version, version, version});
}

Parsed ParseQuantize(const TfliteSource& source) {
  return ParsedOp{Quantize{source.output.dtype}};
}

}  // namespace

const OpDef& Quantize::Def() {
  static const OpDef kDef = Define<Quantize>({
      .infer = Infer,
      .types = Reals(),
      .problem = QuantizeProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_QUANTIZE},
      .parse = ParseQuantize,
  });
  return kDef;
}

}  // namespace kinglet
