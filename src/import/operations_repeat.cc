// Functions that repeat, turn around and fill.
#include <algorithm>

#include "import/building_blocks.h"
#include "import/json_tensor.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// Each element so many times in a row along an axis: the same for all, or one number an
/// element.
std::vector<ValueId> Repeat(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kTensor);
  const Shape in = operation.ShapeOf(x);
  const auto times = operation.Integers(1, {"repeats"});
  const auto given = operation.Int(2, {"axis"});
  if (!given.has_value() || !times.has_value()) context.Refuse("without an axis");
  const std::int64_t axis = AxisOf(context, *given, in.size());
  if (axis == 0) context.Refuse("repeats the batch");
  const auto at = static_cast<std::size_t>(axis);
  if (times->size() != 1) {
    if (times->size() != static_cast<std::size_t>(in[at])) {
      context.Corrupt("as many numbers as elements are needed");
    }
    std::vector<double> places;
    for (std::size_t i = 0; i < times->size(); ++i) {
      places.insert(places.end(),
                    static_cast<std::size_t>(std::max<std::int64_t>((*times)[i], 0)),
                    static_cast<double>(i));
    }
    if (places.empty()) context.Refuse("no element at all");
    const Shape count = {static_cast<std::int64_t>(places.size())};
    return {operation.Node(
        Gather{.axis = axis},
        {x, context.Constant("places", TensorFrom(count, places, DType::kInt32))})};
  }
  Shape apart = in;
  apart.insert(apart.begin() + axis + 1, 1);
  const ValueId column = Reshaped(context, x, apart, "expand");
  apart[at + 1] = (*times)[0];
  const ValueId more = operation.Node(BroadcastTo{apart}, {column}, "repeat");
  Shape out = in;
  out[at] *= (*times)[0];
  return {Reshaped(context, more, out, "")};
}

std::vector<ValueId> TileBy(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const std::size_t rank = operation.ShapeOf(x).size();
  Ints times = operation.Integers(1, {"repeats", "multiples"}).value_or(Ints{});
  if (times.size() > rank) operation.context().Refuse("adds an axis to the batch");
  times.insert(times.begin(), rank - times.size(), 1);
  if (times[0] != 1) operation.context().Refuse("repeats the batch");
  return {operation.Node(Tile{times}, {x})};
}

std::vector<ValueId> Broadcast(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  Ints shape = operation.Integers(1, {"shape"}).value_or(Ints{});
  if (!shape.empty() && shape[0] == -1) shape[0] = 1;
  if (operation.ShapeOf(x) == shape) return {x};
  return {operation.Node(BroadcastTo{shape}, {x})};
}

std::vector<ValueId> FlipOver(const Operation& operation, ValueId x, const Json& axis) {
  const Ints axes = AxesOf(operation.context(), axis, {0}, operation.ShapeOf(x).size());
  if (axes.empty() || axes[0] == 0) {
    operation.context().Refuse("turns the batch around");
  }
  return {Reversed(operation.context(), x, axes, "")};
}

std::vector<ValueId> Flip(const Operation& operation) {
  return FlipOver(operation, operation.Operand(0, kTensor),
                  operation.Argument(1, {"axis"}));
}
std::vector<ValueId> FlipSideways(const Operation& operation) {
  return FlipOver(operation, operation.Operand(0, kTensor), 1);
}

/// The end of an axis moved to its front.
ValueId Rolled(const Operation& operation, ValueId x, std::int64_t shift,
               std::int64_t axis, const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  const std::int64_t size = operation.ShapeOf(x)[static_cast<std::size_t>(axis)];
  const std::int64_t front = ((shift % size) + size) % size;
  if (front == 0) return x;
  const LayerContext& context = operation.context();
  const ValueId end = Sliced(context, x, axis, size - front, size, part + "end");
  const ValueId rest = Sliced(context, x, axis, 0, size - front, part + "rest");
  return operation.Node(Concatenation{axis}, {end, rest}, suffix);
}

/// Along several axes one after the other.
std::vector<ValueId> Roll(const Operation& operation) {
  ValueId x = operation.Operand(0, kTensor);
  const auto shifts = operation.Integers(1, {"shift"});
  const auto axes = operation.Integers(2, {"axis"});
  if (!shifts.has_value() || !axes.has_value()) {
    operation.context().Refuse("without an axis, which moves elements between samples");
  }
  if (shifts->size() != axes->size()) {
    operation.context().Corrupt("as many shifts as axes are needed");
  }
  for (std::size_t i = 0; i < axes->size(); ++i) {
    const std::int64_t axis =
        AxisOf(operation.context(), (*axes)[i], operation.ShapeOf(x).size());
    if (axis == 0) operation.context().Refuse("rolls the batch");
    const bool is_only = axes->size() == 1;
    x = Rolled(operation, x, (*shifts)[i], axis,
               is_only ? "" : "axis_" + std::to_string(i));
  }
  return {x};
}

/// A constant of the tensor's shape, and of its type unless another is given.
std::vector<ValueId> Filled(const Operation& operation, double value) {
  const ValueId x = operation.Operand(0, kTensor);
  const std::string name = operation.Text(-1, {"dtype"}, "");
  const DType own = operation.context().graph()[x].dtype;
  const Shape& shape = operation.ShapeOf(x);
  const std::vector<double> values(static_cast<std::size_t>(ElementCount(shape)), value);
  return {operation.context().Constant(
      "values", TensorFrom(shape, values, name.empty() ? own : TypeNamed(name)))};
}
std::vector<ValueId> Zeros(const Operation& operation) { return Filled(operation, 0); }
std::vector<ValueId> Ones(const Operation& operation) { return Filled(operation, 1); }
std::vector<ValueId> Full(const Operation& operation) {
  const auto value = operation.Number(1, {"fill_value"});
  if (!value.has_value()) operation.context().Refuse("with a value that is no number");
  return Filled(operation, *value);
}

}  // namespace

const std::vector<OperationRow>& RepeatOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Repeat",
       {"repeat"},
       Repeat,
       "RESHAPE, BROADCAST_TO, RESHAPE; with a number for each element GATHER"},
      {"Tile", {"tile"}, TileBy, "TILE"},
      {"BroadcastTo", {"broadcast_to"}, Broadcast, "BROADCAST_TO"},
      {"Flip", {"reverse"}, Flip, "REVERSE_V2"},
      {"Fliplr", {}, FlipSideways, "REVERSE_V2"},
      {"Roll", {"roll"}, Roll, "STRIDED_SLICE, CONCATENATION"},
      {"ZerosLike", {"zeros_like"}, Zeros, "a constant"},
      {"OnesLike", {"ones_like"}, Ones, "a constant"},
      {"FullLike", {}, Full, "a constant"},
  };
  return kRows;
}

}  // namespace kinglet
