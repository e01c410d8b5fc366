// Dequantize: scale * (q - zero point), computed in double and rounded once.
#include "kernels/kernels.h"
#include "ops/define.h"
#include "ops/int_kernels.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Dequantize& /*op*/, std::span<const TensorType> inputs) {
  return std::vector<TensorType>{{DType::kFloat32, inputs[0].shape}};
}

Kernel Compile(const Dequantize& /*op*/, const NodeView& view) {
  const Value& in = view.Input(0);
  return [&kernels = Kernels(), from = in.dtype, scale = ScaleOf(in),
          n = ElementCount(in.shape)](const Buffers& buffers) {
    if (from == DType::kInt8) {
      kernels.dequantize_int8(scale, n, buffers.In<std::int8_t>(0), buffers.Out<float>());
    } else {
      kernels.dequantize_int16(scale, n, buffers.In<std::int16_t>(0),
                               buffers.Out<float>());
    }
  };
}

int Version(const NodeView& view) {
  if (view.Input(0).dtype == DType::kInt8) {
    return view.Input(0).quantization->scales.size() > 1 ? 5 : 2;
  }
  return 3;
}

TfliteOp Form(const Dequantize& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const int version = Version(view);
  return WithoutOptions(view, tflite::BuiltinOperator_DEQUANTIZE,
                        {version, version, version});
}

}  // namespace

const OpDef& Dequantize::Def() {
  static const OpDef kDef = Define<Dequantize>({
      .infer = Infer,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_DEQUANTIZE},
      .parse = ParsePlain<Dequantize>,
  });
  return kDef;
}

}  // namespace kinglet
