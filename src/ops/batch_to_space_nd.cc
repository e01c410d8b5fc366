// BatchToSpaceNd: samples become the positions inside blocks; then the edges are cropped.
#include "ops/block_copy.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

BatchBlocks BlocksOf(const BatchToSpaceNd& op, const Shape& space) {
  const auto places = static_cast<std::ptrdiff_t>(op.block.size()) + 1;
  Shape joined(space.begin(), space.begin() + places);
  joined.push_back(ElementCount(Shape(space.begin() + places, space.end())));
  return {joined, op.block, op.before, op.after};
}

Inferred Infer(const BatchToSpaceNd& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const std::size_t axes = op.block.size();
  if (in.size() < axes + 1 || op.before.size() != axes || op.after.size() != axes) {
    return "blocks of another rank than input " + ToString(in);
  }
  TensorType out = inputs[0];
  for (std::size_t i = 0; i < axes; ++i) {
    const bool whole = op.block[i] > 0 && out.shape[0] % op.block[i] == 0;
    if (!whole) return "samples of " + ToString(in) + " are no whole blocks";
    out.shape[0] /= op.block[i];
    out.shape[i + 1] = in[i + 1] * op.block[i] - op.before[i] - op.after[i];
    if (op.before[i] < 0 || op.after[i] < 0 || out.shape[i + 1] <= 0) {
      return "cropping leaves nothing of " + ToString(in);
    }
  }
  return std::vector<TensorType>{out};
}

Kernel Compile(const BatchToSpaceNd& op, const NodeView& view) {
  return BatchBlockKernel(BlocksOf(op, view.Output().shape), false, view);
}

TfliteOp Form(const BatchToSpaceNd& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const Versions versions = op.block.size() == 2 ? Versions{} : Versions{3, 3, 3};
  return WithoutOptions(view, tflite::BuiltinOperator_BATCH_TO_SPACE_ND, versions,
                        {IntVector(op.block), PairRows(op.before, op.after)});
}

Parsed ParseBatchToSpaceNd(const TfliteSource& source) {
  const auto block = IntsOf(source, 1);
  const auto pairs = PairsOf(source, 2);
  if (!block.has_value() || !pairs.has_value()) return "its blocks are not constant";
  return ParsedOp{BatchToSpaceNd{{*block, pairs->before, pairs->after}}};
}

}  // namespace

const OpDef& BatchToSpaceNd::Def() {
  static const OpDef kDef = Define<BatchToSpaceNd>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_BATCH_TO_SPACE_ND},
      .parse = ParseBatchToSpaceNd,
  });
  return kDef;
}

}  // namespace kinglet
