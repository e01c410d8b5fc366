// OneHot: a new axis that has one value where an index says, and another elsewhere.
#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/positions.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const OneHot& op, std::span<const TensorType> inputs) {
  Shape out = inputs[0].shape;
  if (op.axis < 0 || op.axis > std::ssize(out) || op.depth < 1 ||
      !IsPosition(inputs[0].dtype)) {
    return "an axis of " + std::to_string(op.depth) + " at " + std::to_string(op.axis) +
           " of indices " + ToString(out);
  }
  const bool scalars = ElementCount(inputs[1].shape) == 1 &&
                       ElementCount(inputs[2].shape) == 1 &&
                       inputs[1].dtype == inputs[2].dtype;
  if (!scalars) return "values that are no scalars of one type";
  out.insert(out.begin() + op.axis, op.depth);
  return std::vector<TensorType>{{inputs[1].dtype, out}};
}

template <typename Element>
Kernel CompileOf(const OneHot& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Size outer = ElementCount(Shape(in.begin(), in.begin() + op.axis));
  const Size inner = ElementCount(in) / outer;
  return [outer, inner, depth = op.depth,
          dtype = view.Input(0).dtype](const Buffers& buffers) {
    const Positions positions(buffers.inputs[0], dtype);
    const Element on = *buffers.In<Element>(1);
    const Element off = *buffers.In<Element>(2);
    auto* out = buffers.Out<Element>();
    for (Size o = 0; o < outer; ++o) {
      for (Size d = 0; d < depth; ++d) {
        for (Size i = 0; i < inner; ++i) {
          *out++ = positions.Raw(o * inner + i) == d ? on : off;
        }
      }
    }
  };
}

Kernel Compile(const OneHot& op, const NodeView& view) {
  return ForElement(SizeOf(view.Output().dtype), [&]<typename Element>(Element /*type*/) {
    return CompileOf<Element>(op, view);
  });
}

TfliteOp Form(const OneHot& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto axis = static_cast<std::int32_t>(op.axis);
  return {.code = tflite::BuiltinOperator_ONE_HOT,
          .version = 1,
          .options_type = tflite::BuiltinOptions_OneHotOptions,
          .options = tflite::CreateOneHotOptions(builder, axis).Union(),
          .inputs = {view.node.inputs[0], IntScalar(op.depth), view.node.inputs[1],
                     view.node.inputs[2]}};
}

Parsed ParseOneHot(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::OneHotOptions>();
  const auto depth = IntOf(source, 1);
  if (!depth.has_value()) return "its depth is not constant";
  const std::int64_t axis = options == nullptr ? -1 : options->axis();
  const std::size_t rank = source.inputs[0]->shape.size() + 1;
  return ParsedOp{OneHot{NormalizedAxis(axis, rank), *depth}, 3, {0, 2, 3}};
}

}  // namespace

const OpDef& OneHot::Def() {
  static const OpDef kDef = Define<OneHot>({
      .min_inputs = 3,
      .max_inputs = 3,
      .infer = Infer,
      .types = {DType::kInt32, DType::kInt64},
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_ONE_HOT},
      .parse = ParseOneHot,
  });
  return kDef;
}

}  // namespace kinglet
