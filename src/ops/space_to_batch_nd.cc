// SpaceToBatchNd: every position inside a block becomes a sample of its own.
#include "ops/block_copy.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

BatchBlocks BlocksOf(const SpaceToBatchNd& op, const Shape& space) {
  const auto places = static_cast<std::ptrdiff_t>(op.block.size()) + 1;
  Shape joined(space.begin(), space.begin() + places);
  joined.push_back(ElementCount(Shape(space.begin() + places, space.end())));
  return {joined, op.block, op.before, op.after};
}

Inferred Infer(const SpaceToBatchNd& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const std::size_t axes = op.block.size();
  if (in.size() < axes + 1 || op.before.size() != axes || op.after.size() != axes) {
    return "blocks of another rank than input " + ToString(in);
  }
  const auto batch = BlocksOf(op, in).Batch();
  if (!batch.has_value())
    return "input " + ToString(in) + " is not cut into whole blocks";
  TensorType out = inputs[0];
  std::copy_n(batch->begin(), axes + 1, out.shape.begin());
  return std::vector<TensorType>{out};
}

Kernel Compile(const SpaceToBatchNd& op, const NodeView& view) {
  return BatchBlockKernel(BlocksOf(op, view.Input(0).shape), true, view);
}

TfliteOp Form(const SpaceToBatchNd& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const Versions versions = op.block.size() == 2 ? Versions{} : Versions{3, 3, 3};
  return WithoutOptions(view, tflite::BuiltinOperator_SPACE_TO_BATCH_ND, versions,
                        {IntVector(op.block), PairRows(op.before, op.after)});
}

Parsed ParseSpaceToBatchNd(const TfliteSource& source) {
  const auto block = IntsOf(source, 1);
  const auto pairs = PairsOf(source, 2);
  if (!block.has_value() || !pairs.has_value()) return "its blocks are not constant";
  return ParsedOp{SpaceToBatchNd{{*block, pairs->before, pairs->after}}};
}

}  // namespace

const OpDef& SpaceToBatchNd::Def() {
  static const OpDef kDef = Define<SpaceToBatchNd>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_SPACE_TO_BATCH_ND},
      .parse = ParseSpaceToBatchNd,
  });
  return kDef;
}

}  // namespace kinglet
