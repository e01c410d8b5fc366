// Dequantize: scale * (q - zero point), computed in double and rounded once.
#include <algorithm>

#include "base/float16.h"
#include "kernels/kernels.h"
#include "kernels/strided_copy.h"
#include "ops/define.h"
#include "ops/int_kernels.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Dequantize& /*op*/, std::span<const TensorType> inputs) {
  return std::vector<TensorType>{{DType::kFloat32, inputs[0].shape}};
}

Kernel CompileHalf(std::int64_t n) {
  return [n](const Buffers& buffers) {
    const auto* in = buffers.In<std::uint16_t>(0);
    std::transform(in, in + n, buffers.Out<float>(), WidenFloat16);
  };
}

// One scale per index of an axis: [outer][scales][inner].
Kernel CompilePerChannel(const Value& in) {
  const Quantization& quantization = *in.quantization;
  const Size inner = StridesOf(in.shape)[static_cast<std::size_t>(quantization.axis)];
  return [quantization, inner, n = ElementCount(in.shape)](const Buffers& buffers) {
    const Size channels = std::ssize(quantization.scales);
    for (Size i = 0; i < n; ++i) {
      const auto channel = static_cast<std::size_t>(i / inner % channels);
      const std::int64_t steps =
          buffers.In<std::int8_t>(0)[i] - quantization.zero_points[channel];
      buffers.Out<float>()[i] = static_cast<float>(steps) * quantization.scales[channel];
    }
  };
}

Kernel Compile(const Dequantize& /*op*/, const NodeView& view) {
  const Value& in = view.Input(0);
  const std::int64_t n = ElementCount(in.shape);
  if (in.dtype == DType::kFloat16) return CompileHalf(n);
  if (in.quantization->scales.size() > 1) return CompilePerChannel(in);
  return [&kernels = Kernels(), from = in.dtype, scale = ScaleOf(in),
          n](const Buffers& buffers) {
    if (from == DType::kInt8) {
      kernels.dequantize_int8(scale, n, buffers.In<std::int8_t>(0), buffers.Out<float>());
    } else {
      kernels.dequantize_int16(scale, n, buffers.In<std::int16_t>(0),
                               buffers.Out<float>());
    }
  };
}

std::optional<std::string> DequantizeProblem(const NodeView& view) {
  const Value& in = view.Input(0);
  if (in.dtype == DType::kFloat16) return std::nullopt;
  if (!in.quantization.has_value()) return "its operand has no scale";
  const bool per_channel = in.quantization->scales.size() > 1;
  if (per_channel && in.dtype != DType::kInt8) return "one scale per channel of int16";
  return std::nullopt;
}

int DequantizeVersion(const NodeView& view) {
  if (view.Input(0).dtype == DType::kInt8) {
    return view.Input(0).quantization->scales.size() > 1 ? 5 : 2;
  }
  return 3;
}

TfliteOp Form(const Dequantize& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const int version = DequantizeVersion(view);
  return WithoutOptions(view, tflite::BuiltinOperator_DEQUANTIZE,
                        {version, version, version});
}

}  // namespace

const OpDef& Dequantize::Def() {
  static const OpDef kDef = Define<Dequantize>({
      .infer = Infer,
      .types = {DType::kInt8, DType::kInt16, DType::kFloat16},
      .problem = DequantizeProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_DEQUANTIZE},
      .parse = ParsePlain<Dequantize>,
  });
  return kDef;
}

}  // namespace kinglet
