// SpaceToDepth: blocks of b x b pixels become the channels of one.
#include "ops/block_copy.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const SpaceToDepth& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const std::int64_t b = op.block_size;
  if (in.size() != 4 || b < 1 || in[1] % b != 0 || in[2] % b != 0) {
    return "blocks of " + std::to_string(b) + " in input " + ToString(in);
  }
  return std::vector<TensorType>{
      {inputs[0].dtype, {in[0], in[1] / b, in[2] / b, in[3] * b * b}}};
}

Kernel Compile(const SpaceToDepth& op, const NodeView& view) {
  return BlockCopyKernel(op.block_size, view.Input(0).shape, true, view);
}

TfliteOp Form(const SpaceToDepth& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto block_size = static_cast<std::int32_t>(op.block_size);
  return {.code = tflite::BuiltinOperator_SPACE_TO_DEPTH,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_SpaceToDepthOptions,
          .options = tflite::CreateSpaceToDepthOptions(builder, block_size).Union(),
          .inputs = Operands(view)};
}

Parsed ParseSpaceToDepth(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::SpaceToDepthOptions>();
  if (options == nullptr) return "its options are missing";
  return ParsedOp{SpaceToDepth{options->block_size()}};
}

}  // namespace

const OpDef& SpaceToDepth::Def() {
  static const OpDef kDef = Define<SpaceToDepth>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_SPACE_TO_DEPTH},
      .parse = ParseSpaceToDepth,
  });
  return kDef;
}

}  // namespace kinglet
