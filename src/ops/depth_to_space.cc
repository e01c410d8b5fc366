// DepthToSpace: the channels of a pixel become a block of b x b pixels.
#include "ops/block_copy.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const DepthToSpace& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const std::int64_t b = op.block_size;
  if (in.size() != 4 || b < 1 || in[3] % (b * b) != 0) {
    return "blocks of " + std::to_string(b) + " in input " + ToString(in);
  }
  return std::vector<TensorType>{
      {inputs[0].dtype, {in[0], in[1] * b, in[2] * b, in[3] / (b * b)}}};
}

Kernel Compile(const DepthToSpace& op, const NodeView& view) {
  return BlockCopyKernel(op.block_size, view.Output().shape, false, view);
}

TfliteOp Form(const DepthToSpace& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto block_size = static_cast<std::int32_t>(op.block_size);
  return {.code = tflite::BuiltinOperator_DEPTH_TO_SPACE,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_DepthToSpaceOptions,
          .options = tflite::CreateDepthToSpaceOptions(builder, block_size).Union(),
          .inputs = Operands(view)};
}

Parsed ParseDepthToSpace(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::DepthToSpaceOptions>();
  if (options == nullptr) return "its options are missing";
  return ParsedOp{DepthToSpace{options->block_size()}};
}

}  // namespace

const OpDef& DepthToSpace::Def() {
  static const OpDef kDef = Define<DepthToSpace>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_DEPTH_TO_SPACE},
      .parse = ParseDepthToSpace,
  });
  return kDef;
}

}  // namespace kinglet
