// Reshape: the same elements in row-major order under another shape.
#include "ops/define.h"
#include "ops/tflite_form.h"

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

}  // namespace

const OpDef& Reshape::Def() {
  static const OpDef kDef = Define<Reshape>({
      .infer = Infer,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
  });
  return kDef;
}

}  // namespace kinglet
