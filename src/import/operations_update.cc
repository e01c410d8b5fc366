// Parts of a tensor that are taken out or replaced, at places that the file holds.
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/json_tensor.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// The place of each axis where a part begins: that of the batch at its start.
Ints StartOf(const Operation& operation, ValueId x) {
  const LayerContext& context = operation.context();
  const auto given = operation.Integers(1, {"start_indices"});
  if (!given.has_value() || given->size() != operation.ShapeOf(x).size()) {
    context.Refuse("with 'start_indices' that don't name a place on each axis");
  }
  if ((*given)[0] != 0) context.Refuse("a part that begins within the batch");
  return *given;
}

/// @throws kCorrupt unless the part lies within x.
void CheckInside(const Operation& operation, const Shape& x, const Ints& start,
                 const Shape& part) {
  bool is_inside = part.size() == x.size();
  for (std::size_t i = 0; is_inside && i < x.size(); ++i) {
    is_inside = start[i] >= 0 && part[i] > 0 && start[i] + part[i] <= x[i];
  }
  if (is_inside) return;
  operation.context().Corrupt(
      fmt::format("a part of {} within {}", ToString(part), ToString(x)));
}

/// A size of -1 goes to the end of the axis.
std::vector<ValueId> Slice(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"inputs", "input_", "input"});
  const Shape in = operation.ShapeOf(x);
  const Ints start = StartOf(operation, x);
  Shape part = operation.Integers(2, {"shape", "size"}).value_or(Ints{});
  for (std::size_t i = 0; i < std::min(part.size(), in.size()); ++i) {
    if (part[i] == -1) part[i] = in[i] - start[i];
  }
  CheckInside(operation, in, start, part);
  if (part == in) return {x};
  StridedSlice op{.begin = start, .end = part, .strides = Ints(in.size(), 1)};
  for (std::size_t i = 0; i < in.size(); ++i) op.end[i] += start[i];
  return {operation.Node(op, {x})};
}

/// The elements of `shape` at `places` as a condition.
ValueId AtPlaces(const Operation& operation, const Shape& shape,
                 const std::vector<std::size_t>& places) {
  std::vector<double> mask(static_cast<std::size_t>(ElementCount(shape)), 0);
  for (const std::size_t place : places) mask[place] = 1;
  return operation.context().Constant("mask", TensorFrom(shape, mask, DType::kBool));
}

/// The updates with zeros around them, chosen where they lie.
std::vector<ValueId> UpdateSlice(const Operation& operation) {
  const ValueId given = operation.Operand(0, {"inputs"});
  const auto both =
      operation.OfOneType({given, operation.Operand(2, {"updates"})}, "updates");
  const Shape in = operation.ShapeOf(given);
  const Shape part = operation.ShapeOf(both[1]);
  const Ints start = StartOf(operation, given);
  CheckInside(operation, in, start, part);
  if (part == in) return {both[1]};
  Ints after = in;
  std::vector<std::size_t> places = {0};
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    after[axis] -= start[axis] + part[axis];
    std::vector<std::size_t> more;
    for (const std::size_t place : places) {
      for (std::int64_t i = 0; i < part[axis]; ++i) {
        more.push_back(place * static_cast<std::size_t>(in[axis]) +
                       static_cast<std::size_t>(start[axis] + i));
      }
    }
    places = std::move(more);
  }
  const ValueId padded = operation.Node(Pad{start, after}, {both[1]}, "padded");
  return {operation.Node(Select{}, {AtPlaces(operation, in, places), padded, both[0]})};
}

}  // namespace

const std::vector<OperationRow>& UpdateOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Slice", {"slice"}, Slice, "STRIDED_SLICE"},
      {"SliceUpdate", {}, UpdateSlice, "PAD, SELECT_V2"},
  };
  return kRows;
}

}  // namespace kinglet
