// Reshape: the same elements in row-major order under another shape.
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Reshape& op, std::span<const TensorType> inputs) {
  if (ElementCount(op.shape) != ElementCount(inputs[0].shape)) {
    return "shape " + ToString(inputs[0].shape) + " has other elements than " +
           ToString(op.shape);
  }
  return std::vector<TensorType>{{inputs[0].dtype, op.shape}};
}

Kernel Compile(const Reshape& /*op*/, const NodeView& /*view*/) { return {}; }

TfliteOp Form(const Reshape& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_RESHAPE, {1, 1, 1},
                        {IntVector(op.shape)});
}

/// The shape of the result stands in the file; where it came from doesn't matter.
Parsed Parse(const TfliteSource& source) {
  return ParsedOp{Reshape{source.output.shape}};
}

}  // namespace

const OpDef& Reshape::Def() {
  static const OpDef kDef = Define<Reshape>({
      .infer = Infer,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_RESHAPE, tflite::BuiltinOperator_SQUEEZE,
                tflite::BuiltinOperator_EXPAND_DIMS},
      .parse = Parse,
  });
  return kDef;
}

}  // namespace kinglet
