// Dequantize: scale * (q - zero point), computed in double and rounded once.
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Dequantize& /*op*/, std::span<const TensorType> inputs) {
  return std::vector<TensorType>{{DType::kFloat32, inputs[0].shape}};
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
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_DEQUANTIZE},
      .parse = ParsePlain<Dequantize>,
  });
  return kDef;
}

}  // namespace kinglet
