// Functions that repeat, turn around and fill.
#include "import/building_blocks.h"
#include "import/json_tensor.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// Each element so many times in a row along an axis.
std::vector<ValueId> Repeat(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const Shape in = operation.ShapeOf(x);
  const auto times = operation.Integers(1, {"repeats"});
  const auto given = operation.Int(2, {"axis"});
  if (!given.has_value() || !times.has_value() || times->size() != 1) {
    operation.context().Refuse("without an axis, or unequal numbers");
  }
  const std::int64_t axis = AxisOf(operation.context(), *given, in.size());
  if (axis == 0) operation.context().Refuse("repeats the batch");
  const auto at = static_cast<std::size_t>(axis);
  Shape apart = in;
  apart.insert(apart.begin() + axis + 1, 1);
  const ValueId column = Reshaped(operation.context(), x, apart, "expand");
  apart[at + 1] = (*times)[0];
  const ValueId more = operation.Node(BroadcastTo{apart}, {column}, "repeat");
  Shape out = in;
  out[at] *= (*times)[0];
  return {Reshaped(operation.context(), more, out, "")};
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

std::vector<ValueId> Flip(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const Ints axes = AxesOf(operation.context(), operation.Argument(1, {"axis"}), {0},
                           operation.ShapeOf(x).size());
  if (axes.empty() || axes[0] == 0) {
    operation.context().Refuse("turns the batch around");
  }
  return {operation.Node(ReverseV2{axes}, {x})};
}

/// The end of an axis moved to its front.
std::vector<ValueId> Roll(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const auto shift = operation.Int(1, {"shift"});
  const auto given = operation.Int(2, {"axis"});
  if (!shift.has_value() || !given.has_value()) {
    operation.context().Refuse("without an axis");
  }
  const std::int64_t axis =
      AxisOf(operation.context(), *given, operation.ShapeOf(x).size());
  if (axis == 0) operation.context().Refuse("rolls the batch");
  const std::int64_t size = operation.ShapeOf(x)[static_cast<std::size_t>(axis)];
  const std::int64_t front = ((*shift % size) + size) % size;
  if (front == 0) return {x};
  const ValueId end = Sliced(operation.context(), x, axis, size - front, size, "end");
  const ValueId rest = Sliced(operation.context(), x, axis, 0, size - front, "rest");
  return {operation.Node(Concatenation{axis}, {end, rest})};
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

}  // namespace

const std::vector<OperationRow>& RepeatOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Repeat", {"repeat"}, Repeat, "RESHAPE, BROADCAST_TO, RESHAPE"},
      {"Tile", {"tile"}, TileBy, "TILE"},
      {"BroadcastTo", {"broadcast_to"}, Broadcast, "BROADCAST_TO"},
      {"Flip", {"reverse"}, Flip, "REVERSE_V2"},
      {"Roll", {"roll"}, Roll, "STRIDED_SLICE, CONCATENATION"},
      {"ZerosLike", {"zeros_like"}, Zeros, "a constant"},
      {"OnesLike", {"ones_like"}, Ones, "a constant"},
  };
  return kRows;
}

}  // namespace kinglet
