// Reshape: the same elements in row-major order under another shape.
#include <algorithm>

#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Reshape& op, std::span<const TensorType> inputs) {
  const bool is_negative =
      std::ranges::any_of(op.shape, [](std::int64_t size) { return size < 0; });
  if (is_negative || ElementCount(op.shape) != ElementCount(inputs[0].shape)) {
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

/// EXPAND_DIMS: a new axis; counted from the end, the last is -1.
Parsed ParseExpansion(const TfliteSource& source) {
  const auto axis = IntOf(source, 1);
  Shape shape = source.inputs[0]->shape;
  const std::int64_t at =
      axis.has_value() ? NormalizedAxis(*axis, shape.size() + 1) : std::int64_t{-1};
  if (at < 0) return "its axis is not constant or out of range";
  shape.insert(shape.begin() + at, 1);
  return ParsedOp{Reshape{shape}};
}

/// SQUEEZE: the axes named, or all of size 1, are gone.
Parsed ParseSqueeze(const TfliteSource& source) {
  const Shape& in = source.inputs[0]->shape;
  const auto* options = source.OptionsAs<tflite::SqueezeOptions>();
  Ints named;
  if (options != nullptr && options->squeeze_dims() != nullptr) {
    named.assign(options->squeeze_dims()->begin(), options->squeeze_dims()->end());
  }
  const auto axes = NormalizedAxes(named, in.size());
  if (!axes.has_value()) return "an axis is out of range";
  Reshape op;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool is_named =
        std::ranges::find(*axes, static_cast<std::int64_t>(i)) != axes->end();
    const bool gone = axes->empty() ? in[i] == 1 : is_named;
    if (!gone) op.shape.push_back(in[i]);
  }
  return ParsedOp{op};
}

/// The shape as operand or, in old files, as option; -1 is what is left. Where neither is
/// there it stands with the result.
Parsed ParseReshape(const TfliteSource& source) {
  if (source.code == tflite::BuiltinOperator_EXPAND_DIMS) return ParseExpansion(source);
  if (source.code == tflite::BuiltinOperator_SQUEEZE) return ParseSqueeze(source);
  const auto* options = source.OptionsAs<tflite::ReshapeOptions>();
  Reshape op{source.output.shape};
  if (const auto shape = IntsOf(source, 1)) {
    op.shape = *shape;
  } else if (options != nullptr && options->new_shape() != nullptr) {
    op.shape.assign(options->new_shape()->begin(), options->new_shape()->end());
  }
  const auto rest = std::ranges::find(op.shape, -1);
  if (rest != op.shape.end()) {
    *rest = 1;
    *rest = ElementCount(source.inputs[0]->shape) /
            std::max<std::int64_t>(ElementCount(op.shape), 1);
  }
  return ParsedOp{op};
}

}  // namespace

const OpDef& Reshape::Def() {
  static const OpDef kDef = Define<Reshape>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_RESHAPE, tflite::BuiltinOperator_SQUEEZE,
                tflite::BuiltinOperator_EXPAND_DIMS},
      .parse = ParseReshape,
  });
  return kDef;
}

}  // namespace kinglet
