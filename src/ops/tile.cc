// Tile: the input repeated, so many times per axis.
#include "ops/copies.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Tile& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  if (op.multiples.size() != out.shape.size()) return "multiples of another rank";
  for (std::size_t i = 0; i < out.shape.size(); ++i) {
    if (op.multiples[i] < 1) return "a multiple below 1";
    out.shape[i] *= op.multiples[i];
  }
  return std::vector<TensorType>{out};
}

// Every axis twice: the repetitions, which stay at the same input, and the input's own.
Kernel Compile(const Tile& op, const NodeView& view) {
  const Value& in = view.Input(0);
  const std::vector<Size> out_strides = StridesOf(view.Output().shape);
  std::vector<CopyAxis> axes = AxesInto(in.shape, out_strides);
  for (std::size_t i = 0; i < in.shape.size(); ++i) {
    axes.push_back({op.multiples[i], 0, in.shape[i] * out_strides[i]});
  }
  return CopyKernel({axes, 0, 0, SizeOf(in.dtype)}, view);
}

TfliteOp Form(const Tile& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_TILE, {.int8 = 3},
                        {IntVector(op.multiples)});
}

Parsed ParseTile(const TfliteSource& source) {
  const auto multiples = IntsOf(source, 1);
  if (!multiples.has_value()) return "its multiples are not constant";
  return ParsedOp{Tile{*multiples}};
}

}  // namespace

const OpDef& Tile::Def() {
  static const OpDef kDef = Define<Tile>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_TILE},
      .parse = ParseTile,
  });
  return kDef;
}

}  // namespace kinglet
