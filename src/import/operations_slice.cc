// x[...] and take. Indices of Python: an integer takes its axis away, a slice keeps it,
// an ellipsis stands for full slices, None adds an axis.
#include <fmt/format.h>

#include <algorithm>

#include "import/building_blocks.h"
#include "import/json_tensor.h"
#include "import/operation.h"

namespace kinglet {
namespace {

bool IsEllipsis(const Json& item) {
  return TextAt(item, "class_name") == "__ellipsis__" || item == "...";
}

/// {start, stop, step}, in Keras 3 inside an object __slice__.
const Json& SliceOf(const Json& item) {
  return TextAt(item, "class_name") == "__slice__" ? MemberOrNull(item, "config") : item;
}

bool IsSlice(const Json& item) { return SliceOf(item).is_object() && !IsEllipsis(item); }

/// The bounds that Python gives a slice of an axis, as StridedSlice wants them.
struct Bounds {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t step;
};

std::int64_t IntegerOr(const LayerContext& context, const Json& json,
                       std::int64_t missing) {
  if (json.is_null()) return missing;
  if (!json.is_number_integer()) context.Refuse("an index that the model computes");
  return json.get<std::int64_t>();
}

Bounds Resolved(const LayerContext& context, const Json& slice, std::int64_t size) {
  const std::int64_t step = IntegerOr(context, MemberOrNull(slice, "step"), 1);
  if (step == 0) context.Corrupt("a slice with step 0");
  const std::int64_t lowest = step > 0 ? 0 : -1;
  const std::int64_t highest = step > 0 ? size : size - 1;
  const auto bound = [&](const char* key, std::int64_t missing) {
    const Json& given = MemberOrNull(slice, key);
    if (given.is_null()) return missing;
    const std::int64_t value = IntegerOr(context, given, 0);
    return std::clamp(value < 0 ? value + size : value, lowest, highest);
  };
  const Bounds bounds{bound("start", step > 0 ? lowest : highest),
                      bound("stop", step > 0 ? highest : lowest), step};
  if (step > 0 ? bounds.begin >= bounds.end : bounds.begin <= bounds.end) {
    context.Refuse("a slice that takes nothing");
  }
  return bounds;
}

/// The items with the ellipsis, or what is missing at the end, as full slices.
std::vector<Json> Spelled(const LayerContext& context, const Json& key,
                          std::size_t rank) {
  const Json items = key.is_array() ? key : Json::array({key});
  const auto used = static_cast<std::size_t>(std::ranges::count_if(
      items, [](const Json& item) { return !IsEllipsis(item) && !item.is_null(); }));
  if (used > rank) context.Corrupt("more indices than axes");
  const Json whole = Json::object();
  std::vector<Json> spelled;
  bool has_ellipsis = false;
  for (const Json& item : items) {
    if (!IsEllipsis(item)) {
      spelled.push_back(item);
      continue;
    }
    has_ellipsis = true;
    spelled.insert(spelled.end(), rank - used, whole);
  }
  if (!has_ellipsis) spelled.insert(spelled.end(), rank - used, whole);
  return spelled;
}

std::vector<ValueId> GetItem(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x", "tensor"});
  const Shape in = operation.ShapeOf(x);
  StridedSlice op;
  Shape out;
  for (const Json& item :
       Spelled(context, operation.Argument(1, {"key", "slice_spec"}), in.size())) {
    if (item.is_null()) {
      out.push_back(1);
      continue;
    }
    const std::int64_t size = in[op.begin.size()];
    Bounds bounds{0, size, 1};
    if (IsSlice(item)) {
      bounds = Resolved(context, SliceOf(item), size);
      const std::int64_t steps = std::abs(bounds.end - bounds.begin);
      out.push_back((steps + std::abs(bounds.step) - 1) / std::abs(bounds.step));
    } else {
      const std::int64_t index = IntegerOr(context, item, 0);
      bounds.begin = AxisOf(context, index, static_cast<std::size_t>(size));
      bounds.end = bounds.begin + 1;
      if (op.begin.empty()) context.Refuse("an index of the batch");
    }
    op.begin.push_back(bounds.begin);
    op.end.push_back(bounds.end);
    op.strides.push_back(bounds.step);
  }
  const bool is_whole =
      op.begin == Ints(in.size(), 0) && op.end == in && op.strides == Ints(in.size(), 1);
  const ValueId cut = is_whole ? x : operation.Node(op, {x}, "slice");
  return {Reshaped(context, cut, out, "")};
}

std::vector<ValueId> Take(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x", "params"});
  const auto given = operation.Int(2, {"axis"});
  operation.Argument(3, {"batch_dims"});
  if (!given.has_value()) context.Refuse("without an axis");
  const std::int64_t axis = AxisOf(context, *given, operation.ShapeOf(x).size());
  if (axis == 0) context.Refuse("of the batch");
  ValueId indices = operation.Operand(1, {"indices"});
  const Value& value = context.graph()[indices];
  if (value.constant == nullptr) context.Refuse("at places that the model computes");
  Tensor places(DType::kInt32, value.shape);
  const std::int64_t size = operation.ShapeOf(x)[static_cast<std::size_t>(axis)];
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::int64_t place =
        value.dtype == DType::kInt32
            ? value.constant->Data<std::int32_t>()[i]
            : static_cast<std::int64_t>(value.constant->Data<float>()[i]);
    places.Data<std::int32_t>()[i] =
        static_cast<std::int32_t>(AxisOf(context, place, static_cast<std::size_t>(size)));
  }
  indices = context.Constant("places", places);
  return {operation.Node(Gather{.axis = axis}, {x, indices})};
}

/// Whether the values are positions that a ranking found, maybe in another form.
bool ArePositions(const Graph& graph, ValueId id) {
  for (const Node& node : graph.nodes) {
    if (std::ranges::find(node.outputs, id) == node.outputs.end()) continue;
    if (IsOneOf<Reshape, Transpose, StridedSlice>(node.op)) {
      return ArePositions(graph, node.inputs[0]);
    }
    return IsOneOf<TopK, ArgMax, ArgMin>(node.op);
  }
  return false;
}

/// Along the last axis, each line by its own line of places. Those that may be negative
/// count from the end, as a remainder does.
std::vector<ValueId> TakeAlong(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x"});
  ValueId places = operation.Operand(1, {"indices"});
  const auto given = operation.Int(-1, {"axis"});
  if (!given.has_value()) context.Refuse("without an axis");
  const Shape in = operation.ShapeOf(x);
  const std::int64_t axis = AxisOf(context, *given, in.size());
  if (axis == 0) context.Refuse("along the axis of the batch");
  const Shape at = operation.ShapeOf(places);
  if (at.size() != in.size() || WithoutAxes(at, {axis}) != WithoutAxes(in, {axis})) {
    context.Refuse(fmt::format("places of shape {} along an axis of {}", ToString(at),
                               ToString(in)));
  }
  if (context.graph()[places].dtype != DType::kInt32) {
    places = operation.Node(Cast{DType::kInt32}, {places}, "integers");
  }
  if (!ArePositions(context.graph(), places)) {
    const auto size = static_cast<double>(in[static_cast<std::size_t>(axis)]);
    const ValueId count = context.Constant("size", TensorFrom({}, {size}, DType::kInt32));
    places = operation.Node(FloorMod{}, {places, count}, "from_start");
  }
  const Ints perm = PermToLast(axis, in.size());
  const auto last = static_cast<std::int64_t>(in.size()) - 1;
  const bool is_last = axis == last;
  const ValueId taken = operation.Node(Gather{.axis = last, .batch_dims = last},
                                       {Transposed(context, x, perm, "axis_last"),
                                        Transposed(context, places, perm, "places_last")},
                                       is_last ? "" : "taken");
  return {Transposed(context, taken, Inverse(perm), "")};
}

/// Each element less the one before it, `n` times.
std::vector<ValueId> Diff(const Operation& operation) {
  const LayerContext& context = operation.context();
  ValueId x = operation.Operand(0, {"a", "x"});
  const std::int64_t times = operation.Int(1, {"n"}).value_or(1);
  const auto rank = operation.ShapeOf(x).size();
  const std::int64_t axis =
      AxisOf(context, operation.Int(2, {"axis"}).value_or(-1), rank);
  if (axis == 0) context.Refuse("along the axis of the batch, which mixes its samples");
  if (times < 1 || times >= operation.ShapeOf(x)[static_cast<std::size_t>(axis)]) {
    context.Refuse(fmt::format("{} differences along an axis as short", times));
  }
  for (std::int64_t i = 0; i < times; ++i) {
    const std::int64_t size = operation.ShapeOf(x)[static_cast<std::size_t>(axis)];
    const ValueId next = Sliced(context, x, axis, 1, size, fmt::format("next_{}", i));
    const ValueId last = Sliced(context, x, axis, 0, size - 1, fmt::format("last_{}", i));
    x = operation.Node(Sub{}, {next, last},
                       i + 1 == times ? "" : fmt::format("difference_{}", i));
  }
  return {x};
}

}  // namespace

const std::vector<OperationRow>& SliceOperations() {
  static const std::vector<OperationRow> kRows = {
      {"GetItem", {"__operators__.getitem"}, GetItem, "STRIDED_SLICE, RESHAPE"},
      {"Take", {"gather"}, Take, "GATHER"},
      {"TakeAlongAxis",
       {},
       TakeAlong,
       "GATHER, of places that may be negative FLOOR_MOD; TRANSPOSE unless along the "
       "last "
       "axis"},
      {"Diff", {}, Diff, "STRIDED_SLICE, SUB"},
  };
  return kRows;
}

}  // namespace kinglet
