// Functions that put an axis in order. TOPK_V2 does that along the last one, from the
// largest down.
#include <algorithm>
#include <cmath>

#include "import/building_blocks.h"
#include "import/json_tensor.h"
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

/// x with that axis in the last place.
ValueId WithLast(const Operation& operation, ValueId x, std::int64_t axis) {
  return Transposed(operation.context(), x, PermToLast(axis, operation.ShapeOf(x).size()),
                    "axis_last");
}

/// Result `which` (values or positions) of all elements along the axis, from the largest
/// down.
ValueId Descending(const Operation& operation, ValueId x, std::int64_t axis,
                   std::size_t which) {
  const ValueId last = WithLast(operation, x, axis);
  const ValueId ordered = operation.context().Nodes(TopK{operation.ShapeOf(last).back()},
                                                    {last}, "descending")[which];
  return Transposed(operation.context(), ordered,
                    Inverse(PermToLast(axis, operation.ShapeOf(x).size())), "axis_back");
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

/// Where a quantile lies among `size` elements in rising order: between two of them, of
/// which the upper one counts for `share`.
struct Place {
  std::int64_t lower;
  std::int64_t upper;
  double share;
};

Place PlaceOf(std::int64_t size, double q) {
  const double exact = static_cast<double>(size - 1) * q;
  return {static_cast<std::int64_t>(std::floor(exact)),
          static_cast<std::int64_t>(std::ceil(exact)), exact - std::floor(exact)};
}

/// x with the axes as one, the last.
ValueId Joined(const Operation& operation, ValueId x, const Ints& axes) {
  const LayerContext& context = operation.context();
  const Shape shape = operation.ShapeOf(x);
  Ints perm;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    if (std::ranges::find(axes, axis) == axes.end()) perm.push_back(axis);
  }
  Shape joined = WithoutAxes(shape, axes);
  joined.push_back(ElementCount(SizesAt(shape, axes)));
  perm.insert(perm.end(), axes.begin(), axes.end());
  return Reshaped(context, Transposed(context, x, perm, "axes_last"), joined, "axes_one");
}

/// The element at that place along the last axis, which stays with size 1.
ValueId ElementAt(const Operation& operation, ValueId x, const Place& place) {
  const LayerContext& context = operation.context();
  const auto last = static_cast<std::int64_t>(operation.ShapeOf(x).size()) - 1;
  const std::int64_t size = operation.ShapeOf(x).back();
  const ValueId top = context.Nodes(TopK{size - place.lower}, {x}, "upper_part")[0];
  const ValueId around =
      Sliced(context, top, last, size - 1 - place.upper, size - place.lower, "around");
  if (place.lower == place.upper) return around;
  if (place.share == 0.5) {
    return operation.Node(Mean{{.axes = {last}, .keep_dims = true}}, {around}, "mean");
  }
  const ValueId shares = context.Vector(
      "shares", {static_cast<float>(place.share), static_cast<float>(1 - place.share)});
  return operation.Node(Sum{{.axes = {last}, .keep_dims = true}},
                        {operation.Node(Mul{}, {around, shares}, "parts")}, "between");
}

std::vector<ValueId> QuantileAt(const Operation& operation, double q) {
  if (!(q >= 0 && q <= 1)) operation.context().Corrupt("a quantile outside 0 to 1");
  const ValueId x = operation.Floats(0, kOrdered);
  const Ints axes = operation.Axes(x, -1);
  const ValueId joined = Joined(operation, x, axes);
  const std::int64_t size = operation.ShapeOf(joined).back();
  const ValueId element = ElementAt(operation, joined, PlaceOf(size, q));
  Shape shape = WithoutAxes(operation.ShapeOf(x), axes);
  if (operation.Flag(-1, {"keepdims"}, false)) {
    for (const std::int64_t axis : axes) shape.insert(shape.begin() + axis, 1);
  }
  return {Reshaped(operation.context(), element, shape, "")};
}

std::vector<ValueId> Median(const Operation& operation) {
  return QuantileAt(operation, 0.5);
}

/// `whole`: what stands for all elements, 1 or 100.
template <int kWhole>
std::vector<ValueId> Quantile(const Operation& operation) {
  const Json& q = operation.Argument(1, {"q"});
  const auto constant = TensorFrom(q);
  if (!constant.has_value() || !constant->shape().empty()) {
    operation.context().Refuse(
        "several quantiles, which get an axis in front of the batch, or computed ones; "
        "ask for one at a time and stack them");
  }
  // Keras drops it when a model is called.
  const std::string method = operation.Text(-1, {"method"}, "linear");
  if (method != "linear") {
    operation.context().Refuse("method '" + method +
                               "', which Keras computes as 'linear' in models; use that");
  }
  return QuantileAt(operation, operation.Number(1, {"q"}).value_or(0) / kWhole);
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
      {"Quantile",
       {},
       Quantile<1>,
       "TOPK_V2, STRIDED_SLICE, between two elements MUL, SUM"},
      {"Percentile", {}, Quantile<100>, "as Quantile"},
  };
  return kRows;
}

}  // namespace kinglet
