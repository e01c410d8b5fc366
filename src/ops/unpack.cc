// Unpack: one result for each index of an axis.
#include "ops/copies.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Unpack& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  if (op.axis < 0 || op.axis >= std::ssize(out.shape)) {
    return "no axis " + std::to_string(op.axis);
  }
  const auto count =
      static_cast<std::size_t>(out.shape[static_cast<std::size_t>(op.axis)]);
  out.shape.erase(out.shape.begin() + op.axis);
  return std::vector<TensorType>(count, out);
}

Kernel Compile(const Unpack& op, const NodeView& view) {
  std::vector<Size> in_strides = StridesOf(view.Input(0).shape);
  const Size step = in_strides[static_cast<std::size_t>(op.axis)];
  in_strides.erase(in_strides.begin() + op.axis);
  return CutKernel(view, in_strides, std::vector<Size>(view.node.outputs.size(), step));
}

TfliteOp Form(const Unpack& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateUnpackOptions(
      builder, static_cast<std::int32_t>(view.node.outputs.size()),
      static_cast<std::int32_t>(op.axis));
  return {.code = tflite::BuiltinOperator_UNPACK,
          .version = VersionFor(view, {.int16 = 4}),
          .options_type = tflite::BuiltinOptions_UnpackOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

Parsed ParseUnpack(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::UnpackOptions>();
  const std::int64_t axis = options == nullptr ? 0 : options->axis();
  return ParsedOp{Unpack{NormalizedAxis(axis, source.inputs[0]->shape.size())}};
}

}  // namespace

const OpDef& Unpack::Def() {
  static const OpDef kDef = Define<Unpack>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_UNPACK},
      .parse = ParseUnpack,
  });
  return kDef;
}

}  // namespace kinglet
