// Quantize: float to integer, q = round(x / scale) + zero point, halves away from zero;
// or integer to integer with another scale.
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Quantize& op, std::span<const TensorType> inputs) {
  return std::vector<TensorType>{{op.dtype, inputs[0].shape}};
}

TfliteOp Form(const Quantize& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const int version = op.dtype == DType::kInt16 ? 2 : 1;
  return WithoutOptions(view, tflite::BuiltinOperator_QUANTIZE,
                        {version, version, version});
}

Parsed Parse(const TfliteSource& source) {
  return ParsedOp{Quantize{source.output.dtype}};
}

}  // namespace

const OpDef& Quantize::Def() {
  static const OpDef kDef = Define<Quantize>({
      .infer = Infer,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_QUANTIZE},
      .parse = Parse,
  });
  return kDef;
}

}  // namespace kinglet
