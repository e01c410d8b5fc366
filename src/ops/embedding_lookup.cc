// EmbeddingLookup: rows of a table. A row outside is moved to the nearer end.
#include "ops/define.h"
#include "ops/positions.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const EmbeddingLookup& /*op*/, std::span<const TensorType> inputs) {
  const Shape& ids = inputs[0].shape;
  if (ids.size() != 1 || inputs[1].shape.empty() || !IsPosition(inputs[0].dtype)) {
    return "rows " + ToString(ids) + " of table " + ToString(inputs[1].shape);
  }
  TensorType out = inputs[1];
  out.shape.front() = ids.front();
  return std::vector<TensorType>{out};
}

Kernel Compile(const EmbeddingLookup& /*op*/, const NodeView& view) {
  const Value& table = view.Input(1);
  const GatherPlan plan{.places = table.shape.front(),
                        .indices = view.Input(0).shape.front(),
                        .bytes = ElementCount(table.shape) / table.shape.front() *
                                 static_cast<Size>(SizeOf(table.dtype))};
  return [plan, dtype = view.Input(0).dtype](const Buffers& buffers) {
    plan.Run(buffers.inputs[1], Positions(buffers.inputs[0], dtype), buffers.outputs[0]);
  };
}

}  // namespace

const OpDef& EmbeddingLookup::Def() {
  static const OpDef kDef = Define<EmbeddingLookup>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = Infer,
      .types = {DType::kInt32, DType::kInt64},
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<EmbeddingLookup, tflite::BuiltinOperator_EMBEDDING_LOOKUP>,
      .codes = {tflite::BuiltinOperator_EMBEDDING_LOOKUP},
      .parse = ParsePlain<EmbeddingLookup>,
  });
  return kDef;
}

}  // namespace kinglet
