// Layers that join tensors. Inputs of lower rank get axes of size 1 after the batch.
#include <fmt/format.h>

#include <algorithm>

#include "import/layer_table.h"

namespace kinglet {
namespace {

/// `id` with axes of size 1 right after the batch until it has `rank` axes.
ValueId WithRank(const LayerContext& context, ValueId id, std::size_t rank) {
  Shape shape = context.ShapeOf(id);
  if (shape.size() == rank) return id;
  shape.insert(shape.begin() + 1, rank - shape.size(), 1);
  return context.Node(Reshape{shape}, {id}, "expand");
}

std::vector<ValueId> OfEqualRank(const LayerContext& context) {
  if (context.inputs().size() < 2) context.Refuse("fewer than two inputs");
  std::size_t rank = 0;
  for (const ValueId id : context.inputs()) {
    rank = std::max(rank, context.ShapeOf(id).size());
  }
  std::vector<ValueId> inputs;
  for (const ValueId id : context.inputs()) {
    inputs.push_back(WithRank(context, id, rank));
  }
  return inputs;
}

/// The first with the second, the result with the third, and so on.
template <typename Typed>
std::vector<ValueId> BuildFold(const LayerContext& context) {
  const std::vector<ValueId> inputs = OfEqualRank(context);
  ValueId result = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const bool is_last = i + 1 == inputs.size();
    result = context.Node(Typed{}, {result, inputs[i]},
                          is_last ? "" : fmt::format("partial_{}", i));
  }
  return {result};
}

std::vector<ValueId> BuildConcatenate(const LayerContext& context) {
  const auto rank =
      static_cast<std::int64_t>(context.ShapeOf(context.inputs().at(0)).size());
  std::int64_t axis = context.Int("axis", -1);
  if (axis < 0) axis += rank;
  if (axis < 1 || axis >= rank) context.Refuse("an axis that is out of range");
  return {context.Node(Concatenation{axis}, context.inputs())};
}

}  // namespace

const std::vector<LayerRow>& MergeLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Add", BuildFold<Add>, "", {}},
      {"Multiply", BuildFold<Mul>, "", {}},
      {"Maximum", BuildFold<Maximum>, "", {}},
      {"Minimum", BuildFold<Minimum>, "", {}},
      {"Concatenate", BuildConcatenate, "", {"axis"}},
  };
  return kRows;
}

}  // namespace kinglet
