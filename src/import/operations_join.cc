// Functions that join and take apart.
#include <fmt/format.h>

#include <algorithm>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

std::int64_t AxisArgument(const Operation& operation, int place, std::int64_t missing,
                          std::size_t rank) {
  const std::int64_t axis = operation.Int(place, {"axis"}).value_or(missing);
  return AxisOf(operation.context(), axis, rank);
}

std::vector<ValueId> Concatenate(const Operation& operation) {
  std::vector<ValueId> parts = operation.Operands(0, {"xs", "values", "arrays"});
  const std::int64_t axis =
      AxisArgument(operation, 1, 0, operation.ShapeOf(parts.at(0)).size());
  if (axis == 0) operation.context().Refuse("along the axis of the batch");
  if (parts.size() == 1) return parts;
  return {operation.Node(Concatenation{axis}, parts)};
}

std::vector<ValueId> Stack(const Operation& operation) {
  const std::vector<ValueId> parts = operation.Operands(0, {"x", "values", "arrays"});
  const std::int64_t axis =
      AxisArgument(operation, 1, 0, operation.ShapeOf(parts.at(0)).size() + 1);
  if (axis == 0) operation.context().Refuse("an axis in front of the batch");
  return {operation.Node(Pack{axis}, parts)};
}

std::vector<ValueId> Unstack(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"x", "value"});
  operation.Argument(1, {"num"});
  const std::int64_t axis = AxisArgument(operation, 2, 0, operation.ShapeOf(x).size());
  if (axis == 0) operation.context().Refuse("along the axis of the batch");
  return operation.context().Nodes(Unpack{axis}, {x});
}

/// Along the second axis; a vector, which has the batch alone, has none.
std::vector<ValueId> StackSideways(const Operation& operation) {
  std::vector<ValueId> parts = operation.Operands(0, {"xs"});
  if (operation.ShapeOf(parts.at(0)).size() < 2) {
    operation.context().Refuse("along the axis of the batch");
  }
  if (parts.size() == 1) return parts;
  return {operation.Node(Concatenation{1}, operation.OfOneType(parts, "part"))};
}

/// Along the third axis, which matrices get.
std::vector<ValueId> StackInDepth(const Operation& operation) {
  const std::vector<ValueId> given = operation.Operands(0, {"xs"});
  std::vector<ValueId> parts = operation.OfOneType(given, "part");
  const std::size_t rank = operation.ShapeOf(parts.at(0)).size();
  if (rank < 2) operation.context().Refuse("moves the axis of the batch");
  if (rank == 2) return {operation.Node(Pack{2}, parts)};
  if (parts.size() == 1) return parts;
  return {operation.Node(Concatenation{2}, parts)};
}

const Names kPieces = {"indices_or_sections", "num_or_size_splits"};

std::vector<ValueId> SplitAlong(const Operation& operation, ValueId x, std::int64_t axis,
                                const Ints& sizes) {
  if (axis == 0) operation.context().Refuse("along the axis of the batch");
  return operation.context().Nodes(Split{axis, sizes}, {x});
}

/// Up to the given places, from the front or from the end.
Ints SizesBetween(const Operation& operation, const Ints& places, std::int64_t size) {
  Ints sizes;
  std::int64_t before = 0;
  for (const std::int64_t place : places) {
    sizes.push_back((place < 0 ? place + size : place) - before);
    before += sizes.back();
  }
  sizes.push_back(size - before);
  if (std::ranges::any_of(sizes, [](std::int64_t piece) { return piece < 1; })) {
    operation.context().Refuse("a piece without elements");
  }
  return sizes;
}

/// Pieces of equal size, of the given sizes (TensorFlow) or up to the given places.
std::vector<ValueId> SplitOf(const Operation& operation, ValueId x, std::int64_t axis) {
  const std::int64_t size = operation.ShapeOf(x)[static_cast<std::size_t>(axis)];
  const Ints given = operation.Integers(1, kPieces).value_or(Ints{1});
  if (!operation.Argument(1, kPieces).is_array()) {
    if (given[0] < 1 || size % given[0] != 0) {
      operation.context().Corrupt(fmt::format("{} in {} pieces", size, given[0]));
    }
    return SplitAlong(operation, x, axis,
                      Ints(static_cast<std::size_t>(given[0]), size / given[0]));
  }
  const bool are_places = operation.context().layer().is_operation;
  return SplitAlong(operation, x, axis,
                    are_places ? SizesBetween(operation, given, size) : given);
}

std::vector<ValueId> SplitInto(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"x", "value"});
  return SplitOf(operation, x,
                 AxisArgument(operation, 2, 0, operation.ShapeOf(x).size()));
}

template <std::int64_t kAxis>
std::vector<ValueId> SplitAlongAxis(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"x"});
  return SplitOf(operation, x,
                 AxisOf(operation.context(), kAxis, operation.ShapeOf(x).size()));
}

/// As many pieces as are asked for, the first ones longer by one where it doesn't come
/// out even.
std::vector<ValueId> SplitUnevenly(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"x"});
  const std::int64_t axis = AxisArgument(operation, 2, 0, operation.ShapeOf(x).size());
  const std::int64_t size = operation.ShapeOf(x)[static_cast<std::size_t>(axis)];
  if (operation.Argument(1, kPieces).is_array()) return SplitOf(operation, x, axis);
  const std::int64_t pieces = operation.Integers(1, kPieces).value_or(Ints{1})[0];
  if (pieces < 1 || pieces > size) {
    operation.context().Refuse(fmt::format("{} in {} pieces", size, pieces));
  }
  Ints sizes(static_cast<std::size_t>(pieces), size / pieces);
  for (std::int64_t i = 0; i < size % pieces; ++i) ++sizes[static_cast<std::size_t>(i)];
  return SplitAlong(operation, x, axis, sizes);
}

}  // namespace

const std::vector<OperationRow>& JoinOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Concatenate", {"concat"}, Concatenate, "CONCATENATION"},
      {"Stack", {"stack"}, Stack, "CONCATENATION, RESHAPE"},
      {"Unstack", {"unstack"}, Unstack, "UNPACK"},
      {"Split", {"split"}, SplitInto, "SPLIT, SPLIT_V"},
      {"Hstack", {}, StackSideways, "CONCATENATION"},
      {"Dstack", {}, StackInDepth, "CONCATENATION, of matrices PACK"},
      {"Hsplit", {}, SplitAlongAxis<1>, "SPLIT, SPLIT_V"},
      {"Dsplit", {}, SplitAlongAxis<2>, "SPLIT, SPLIT_V"},
      {"ArraySplit", {}, SplitUnevenly, "SPLIT, SPLIT_V"},
  };
  return kRows;
}

}  // namespace kinglet
