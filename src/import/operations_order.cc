// Functions that put an axis in order. TOPK_V2 does that along the last one, from the
// largest down.
#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

const Names kOrdered = {"x", "values", "input", "a"};

/// The axis of the call counted from the front: not the batch, which would mix samples.
std::int64_t AxisOfCall(const Operation& operation, ValueId x) {
  const std::size_t rank = operation.ShapeOf(x).size();
  const std::int64_t axis =
      AxisOf(operation.context(), operation.Int(1, {"axis"}).value_or(-1), rank);
  if (axis == 0) {
    operation.context().Refuse("along the axis of the batch, which mixes its samples");
  }
  return axis;
}

/// The axes with `axis` and the last one exchanged, which is its own inverse.
Ints Exchanged(std::int64_t axis, std::size_t rank) {
  Ints perm(rank);
  for (std::size_t i = 0; i < rank; ++i) perm[i] = static_cast<std::int64_t>(i);
  std::swap(perm[static_cast<std::size_t>(axis)], perm.back());
  return perm;
}

bool IsLast(std::int64_t axis, std::size_t rank) {
  return axis + 1 == static_cast<std::int64_t>(rank);
}

/// x with that axis in the last place.
ValueId WithLast(const Operation& operation, ValueId x, std::int64_t axis) {
  const std::size_t rank = operation.ShapeOf(x).size();
  if (IsLast(axis, rank)) return x;
  return Transposed(operation.context(), x, Exchanged(axis, rank), "axis_last");
}

/// Result `which` (values or positions) of all elements along the axis, from the largest
/// down.
ValueId Descending(const Operation& operation, ValueId x, std::int64_t axis,
                   std::size_t which) {
  const ValueId last = WithLast(operation, x, axis);
  const ValueId ordered = operation.context().Nodes(TopK{operation.ShapeOf(last).back()},
                                                    {last}, "descending")[which];
  const std::size_t rank = operation.ShapeOf(x).size();
  if (IsLast(axis, rank)) return ordered;
  return Transposed(operation.context(), ordered, Exchanged(axis, rank), "axis_back");
}

/// TensorFlow's own functions have a direction.
bool IsDescending(const Operation& operation) {
  const std::string direction = operation.Text(2, {"direction"}, "ASCENDING");
  if (direction != "ASCENDING" && direction != "DESCENDING") {
    operation.context().Refuse("'direction' = '" + direction + "'");
  }
  return direction == "DESCENDING";
}

std::vector<ValueId> Sort(const Operation& operation) {
  const ValueId x = operation.Operand(0, kOrdered);
  const std::int64_t axis = AxisOfCall(operation, x);
  const ValueId descending = Descending(operation, x, axis, 0);
  if (IsDescending(operation)) return {descending};
  return {operation.Node(ReverseV2{{axis}}, {descending})};
}

/// Equal elements keep their order, which of the negative's positions is the ascending.
std::vector<ValueId> Argsort(const Operation& operation) {
  const ValueId x = operation.Operand(0, kOrdered);
  const std::int64_t axis = AxisOfCall(operation, x);
  if (IsDescending(operation)) return {Descending(operation, x, axis, 1)};
  return {Descending(operation, operation.Node(Neg{}, {x}, "negative"), axis, 1)};
}

/// TensorFlow's order of equal elements is that of TopK; Keras asks for nothing else.
std::vector<ValueId> Largest(const Operation& operation) {
  const ValueId x = operation.Operand(0, kOrdered);
  const auto k = operation.Int(1, {"k"});
  operation.Flag(2, {"sorted"}, true);
  return operation.context().Nodes(TopK{k.value_or(1)}, {x});
}

/// The middle element along the axis, which stays with size 1, or the mean of both.
ValueId MiddleOf(const Operation& operation, ValueId x, std::int64_t axis,
                 const std::string& suffix) {
  const LayerContext& context = operation.context();
  const ValueId last = WithLast(operation, x, axis);
  const std::size_t rank = operation.ShapeOf(last).size();
  const std::int64_t size = operation.ShapeOf(last).back();
  const std::int64_t upper = size / 2 + 1;
  const ValueId top = context.Nodes(TopK{upper}, {last}, "upper_half")[0];
  const auto at = static_cast<std::int64_t>(rank) - 1;
  const std::int64_t first = size % 2 == 0 ? upper - 2 : upper - 1;
  const ValueId middle = Sliced(context, top, at, first, upper, "middle");
  const Mean mean{{.axes = {at}, .keep_dims = true}};
  if (IsLast(axis, rank)) return operation.Node(mean, {middle}, suffix);
  return Transposed(context, operation.Node(mean, {middle}, "mean"),
                    Exchanged(axis, rank), suffix);
}

std::vector<ValueId> Median(const Operation& operation) {
  const ValueId x = operation.Operand(0, kOrdered);
  if (!operation.Int(1, {"axis"}).has_value()) {
    operation.context().Refuse("without an axis");
  }
  const std::int64_t axis = AxisOfCall(operation, x);
  if (operation.Flag(2, {"keepdims"}, false)) {
    return {MiddleOf(operation, x, axis, "")};
  }
  Shape shape = operation.ShapeOf(x);
  shape.erase(shape.begin() + axis);
  return {
      Reshaped(operation.context(), MiddleOf(operation, x, axis, "median"), shape, "")};
}

}  // namespace

const std::vector<OperationRow>& OrderOperations() {
  static const std::vector<OperationRow> kRows = {
      {"TopK", {"math.top_k", "nn.top_k"}, Largest, "TOPK_V2"},
      {"Sort",
       {"sort"},
       Sort,
       "TOPK_V2, REVERSE_V2; TRANSPOSE unless along the last axis"},
      {"Argsort",
       {"argsort"},
       Argsort,
       "NEG, TOPK_V2; TRANSPOSE unless along the last axis"},
      {"Median", {}, Median, "TOPK_V2, STRIDED_SLICE, MEAN"},
  };
  return kRows;
}

}  // namespace kinglet
