// Select: x where the condition holds, else y. A copy: INT8 operands share one scale.
#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Select& /*op*/, std::span<const TensorType> inputs) {
  const auto pair = Broadcast(inputs[1].shape, inputs[2].shape);
  const auto shape = pair.has_value() ? Broadcast(inputs[0].shape, *pair) : pair;
  if (inputs[0].dtype != DType::kBool) return "a condition that is no bool";
  if (!shape.has_value() || inputs[1].dtype != inputs[2].dtype) {
    return "operands that don't broadcast: " + ToString(inputs[0].shape) + ", " +
           ToString(inputs[1].shape) + ", " + ToString(inputs[2].shape);
  }
  return std::vector<TensorType>{{inputs[1].dtype, *shape}};
}

template <typename Element>
Kernel CompileOf(const NodeView& view) {
  const Broadcasting<3> walk(
      view.Output().shape,
      {view.Input(0).shape, view.Input(1).shape, view.Input(2).shape});
  return [walk](const Buffers& buffers) {
    const bool* condition = buffers.In<bool>(0);
    const auto* x = buffers.In<Element>(1);
    const auto* y = buffers.In<Element>(2);
    auto* out = buffers.Out<Element>();
    walk.ForEach([&](Size i, const std::array<Size, 3>& at) {
      out[i] = condition[at[0]] ? x[at[1]] : y[at[2]];
    });
  };
}

Kernel Compile(const Select& /*op*/, const NodeView& view) {
  return ForElement(SizeOf(view.Output().dtype), [&]<typename Element>(Element /*type*/) {
    return CompileOf<Element>(view);
  });
}

TfliteOp Form(const Select& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_SELECT_V2,
          .version = 1,
          .options_type = tflite::BuiltinOptions_SelectV2Options,
          .options = tflite::CreateSelectV2Options(builder).Union(),
          .inputs = Operands(view)};
}

// The older SELECT doesn't broadcast: a vector as condition chooses among rows.
Parsed ParseSelect(const TfliteSource& source) {
  const Shape& condition = source.inputs[0]->shape;
  const bool rows = condition.size() == 1 && source.output.shape.size() > 1;
  if (source.code == tflite::BuiltinOperator_SELECT && rows) {
    return "a choice among rows is not supported";
  }
  return ParsedOp{Select{}, 3};
}

}  // namespace

const OpDef& Select::Def() {
  static const OpDef kDef = Define<Select>({
      .min_inputs = 3,
      .max_inputs = 3,
      .infer = Infer,
      .types = {DType::kBool},
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_SELECT_V2, tflite::BuiltinOperator_SELECT},
      .parse = ParseSelect,
  });
  return kDef;
}

}  // namespace kinglet
