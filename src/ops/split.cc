// Split: one result for each of some sizes along an axis. The file has a form of its own
// for equal sizes.
#include <algorithm>
#include <numeric>

#include "ops/copies.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

bool IsEven(const Ints& sizes) {
  return std::ranges::all_of(sizes, [&](std::int64_t size) { return size == sizes[0]; });
}

Inferred Infer(const Split& op, std::span<const TensorType> inputs) {
  const TensorType& in = inputs[0];
  if (op.axis < 0 || op.axis >= std::ssize(in.shape)) {
    return "no axis " + std::to_string(op.axis);
  }
  const auto axis = static_cast<std::size_t>(op.axis);
  std::vector<TensorType> parts;
  std::int64_t total = 0;
  for (const std::int64_t size : op.sizes) {
    if (size <= 0) return "a part is empty";
    parts.push_back(in);
    parts.back().shape[axis] = size;
    total += size;
  }
  if (total != in.shape[axis]) {
    return "the parts of " + ToString(in.shape) + " are " + std::to_string(total);
  }
  return parts;
}

Kernel Compile(const Split& op, const NodeView& view) {
  const std::vector<Size> in_strides = StridesOf(view.Input(0).shape);
  std::vector<Size> steps;
  for (const std::int64_t size : op.sizes) {
    steps.push_back(size * in_strides[static_cast<std::size_t>(op.axis)]);
  }
  return CutKernel(view, in_strides, steps);
}

TfliteOp EvenForm(const Split& op, const NodeView& view,
                  flatbuffers::FlatBufferBuilder& builder) {
  const auto count = static_cast<std::int32_t>(op.sizes.size());
  return {.code = tflite::BuiltinOperator_SPLIT,
          .version = VersionFor(view, {.int16 = 4}),
          .options_type = tflite::BuiltinOptions_SplitOptions,
          .options = tflite::CreateSplitOptions(builder, count).Union(),
          .inputs = {IntScalar(op.axis), view.node.inputs[0]}};
}

TfliteOp Form(const Split& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  if (IsEven(op.sizes)) return EvenForm(op, view, builder);
  const auto count = static_cast<std::int32_t>(op.sizes.size());
  return {.code = tflite::BuiltinOperator_SPLIT_V,
          .version = VersionFor(view, {.int16 = 2}),
          .options_type = tflite::BuiltinOptions_SplitVOptions,
          .options = tflite::CreateSplitVOptions(builder, count).Union(),
          .inputs = Operands(view, {IntVector(op.sizes), IntScalar(op.axis)})};
}

// SPLIT: axis, x.
Parsed ParseEven(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::SplitOptions>();
  const auto axis = IntOf(source, 0);
  if (options == nullptr || options->num_splits() <= 0 || !axis.has_value() ||
      source.inputs.size() != 2 || source.inputs[1] == nullptr) {
    return "its axis is not constant, or its number of parts is missing";
  }
  const Shape& in = source.inputs[1]->shape;
  const std::int64_t normalized = NormalizedAxis(*axis, in.size());
  if (normalized < 0) return "its axis is out of range";
  const std::int64_t size =
      in[static_cast<std::size_t>(normalized)] / options->num_splits();
  const auto count = static_cast<std::size_t>(options->num_splits());
  return ParsedOp{Split{normalized, Ints(count, size)}, 1, {1}};
}

// SPLIT_V: x, sizes (one of them may be -1: the rest), axis.
Parsed ParseSplit(const TfliteSource& source) {
  if (source.code == tflite::BuiltinOperator_SPLIT) return ParseEven(source);
  const auto sizes = IntsOf(source, 1);
  const auto axis = IntOf(source, 2);
  if (!sizes.has_value() || !axis.has_value())
    return "its sizes or axis are not constant";
  const Shape& in = source.inputs[0]->shape;
  Split op{NormalizedAxis(*axis, in.size()), *sizes};
  if (op.axis < 0) return "its axis is out of range";
  const auto rest = std::ranges::find(op.sizes, -1);
  if (rest != op.sizes.end()) {
    const std::int64_t others =
        std::accumulate(op.sizes.begin(), op.sizes.end(), std::int64_t{1});
    *rest = in[static_cast<std::size_t>(op.axis)] - others;
  }
  return ParsedOp{op};
}

}  // namespace

const OpDef& Split::Def() {
  static const OpDef kDef = Define<Split>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_SPLIT, tflite::BuiltinOperator_SPLIT_V},
      .parse = ParseSplit,
  });
  return kDef;
}

}  // namespace kinglet
