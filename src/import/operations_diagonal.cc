// Functions of the matrices in two axes: triangles, diagonals, quarter turns.
#include <fmt/format.h>

#include <numeric>

#include "import/building_blocks.h"
#include "import/json_tensor.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// Two axes of matrices, of which neither is the batch.
struct MatrixAxes {
  std::int64_t rows;
  std::int64_t columns;
};

MatrixAxes AxesOfMatrix(const Operation& operation, ValueId x, std::int64_t rows,
                        std::int64_t columns) {
  const std::size_t rank = operation.ShapeOf(x).size();
  const MatrixAxes axes{AxisOf(operation.context(), rows, rank),
                        AxisOf(operation.context(), columns, rank)};
  if (axes.rows == axes.columns) operation.context().Corrupt("an axis twice");
  if (axes.rows == 0 || axes.columns == 0) {
    operation.context().Refuse(
        "of matrices that the axis of the batch is part of, which mixes its samples");
  }
  return axes;
}

/// Those of `axis1` and `axis2`.
MatrixAxes AxesOfCall(const Operation& operation, ValueId x) {
  return AxesOfMatrix(operation, x, operation.Int(2, {"axis1"}).value_or(0),
                      operation.Int(3, {"axis2"}).value_or(1));
}

std::int64_t SizeAt(const Operation& operation, ValueId x, std::int64_t axis) {
  return operation.ShapeOf(x)[static_cast<std::size_t>(axis)];
}

/// Whether the element of a row and a column belongs to a part of the matrix.
using Belongs = bool (*)(std::int64_t row, std::int64_t column, std::int64_t offset);
bool IsBelow(std::int64_t row, std::int64_t column, std::int64_t offset) {
  return column - row <= offset;
}
bool IsAbove(std::int64_t row, std::int64_t column, std::int64_t offset) {
  return column - row >= offset;
}
bool IsOn(std::int64_t row, std::int64_t column, std::int64_t offset) {
  return column - row == offset;
}

/// Of a part of matrices, row by row, or column by column where they are turned.
std::vector<double> MaskOf(Belongs belongs, std::int64_t rows, std::int64_t columns,
                           std::int64_t offset, bool is_turned) {
  std::vector<double> mask;
  const std::int64_t outer = is_turned ? columns : rows;
  for (std::int64_t k = 0; k < rows * columns; ++k) {
    const std::int64_t i = k / (rows * columns / outer);
    const std::int64_t j = k % (rows * columns / outer);
    mask.push_back(belongs(is_turned ? j : i, is_turned ? i : j, offset) ? 1 : 0);
  }
  return mask;
}

/// x in that part of its matrices, elsewhere 0.
ValueId Masked(const Operation& operation, ValueId x, const MatrixAxes& axes,
               Belongs belongs, std::int64_t offset, const std::string& suffix) {
  const LayerContext& context = operation.context();
  const std::int64_t rows = SizeAt(operation, x, axes.rows);
  const std::int64_t columns = SizeAt(operation, x, axes.columns);
  const bool is_turned = axes.rows > axes.columns;
  const auto mask = MaskOf(belongs, rows, columns, offset, is_turned);
  const Shape along = Along(operation.ShapeOf(x), {std::min(axes.rows, axes.columns),
                                                   std::max(axes.rows, axes.columns)});
  const ValueId condition =
      context.Constant("mask", TensorFrom(along, mask, DType::kBool));
  const DType dtype = context.graph()[x].dtype;
  if (dtype == DType::kBool) return operation.Node(LogicalAnd{}, {condition, x}, suffix);
  const ValueId zero = context.Constant("zero", Tensor(dtype, {}));
  return operation.Node(Select{}, {condition, x, zero}, suffix);
}

template <Belongs kBelongs>
std::vector<ValueId> Triangle(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  if (operation.ShapeOf(x).size() < 3) {
    operation.context().Refuse("of the batch, which mixes its samples");
  }
  const MatrixAxes axes = AxesOfMatrix(operation, x, -2, -1);
  return {Masked(operation, x, axes, kBelongs, operation.Int(1, {"k"}).value_or(0), "")};
}

/// The elements of the diagonal as the last axis.
std::vector<ValueId> Diagonal(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kTensor);
  const std::int64_t offset = operation.Int(1, {"offset"}).value_or(0);
  const MatrixAxes axes = AxesOfCall(operation, x);
  const std::int64_t rows = SizeAt(operation, x, axes.rows);
  const std::int64_t columns = SizeAt(operation, x, axes.columns);
  std::vector<double> places;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t column = row + offset;
    if (column < 0 || column >= columns) continue;
    places.push_back(static_cast<double>(row * columns + column));
  }
  if (places.empty()) context.Refuse(fmt::format("offset {}: it is empty", offset));
  Ints perm(operation.ShapeOf(x).size());
  std::iota(perm.begin(), perm.end(), 0);
  std::erase(perm, axes.rows);
  std::erase(perm, axes.columns);
  Shape flat = SizesAt(operation.ShapeOf(x), perm);
  flat.push_back(rows * columns);
  perm.insert(perm.end(), {axes.rows, axes.columns});
  const ValueId last = Transposed(context, x, perm, "matrices");
  const ValueId row = Reshaped(context, last, flat, "flat");
  const Shape count = {static_cast<std::int64_t>(places.size())};
  return {operation.Node(
      Gather{.axis = static_cast<std::int64_t>(flat.size()) - 1},
      {row, context.Constant("places", TensorFrom(count, places, DType::kInt32))})};
}

std::vector<ValueId> Trace(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kTensor);
  const MatrixAxes axes = AxesOfCall(operation, x);
  const ValueId floats = AsFloats(context, x);
  const ValueId diagonal = Masked(operation, floats, axes, IsOn,
                                  operation.Int(1, {"offset"}).value_or(0), "diagonal");
  const Sum sum{
      {.axes = {std::min(axes.rows, axes.columns), std::max(axes.rows, axes.columns)}}};
  if (floats == x) return {operation.Node(sum, {diagonal})};
  return {AsWhole(context, operation.Node(sum, {diagonal}, "sum"))};
}

/// A quarter turn takes rows to columns: the columns turned around and exchanged with
/// the rows.
std::vector<ValueId> Turned(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"array", "x"});
  const Ints given = operation.Integers(2, {"axes"}).value_or(Ints{0, 1});
  const std::int64_t turns = operation.Int(1, {"k"}).value_or(1);
  constexpr std::int64_t kTurns = 4;
  const std::int64_t quarters = ((turns % kTurns) + kTurns) % kTurns;
  if (given.size() != 2) context.Corrupt("two axes are needed");
  const MatrixAxes axes = AxesOfMatrix(operation, x, given[0], given[1]);
  Ints perm(operation.ShapeOf(x).size());
  std::iota(perm.begin(), perm.end(), 0);
  std::swap(perm[static_cast<std::size_t>(axes.rows)],
            perm[static_cast<std::size_t>(axes.columns)]);
  if (quarters == 0) return {x};
  if (quarters == 2) {
    if (SizeAt(operation, x, axes.rows) != SizeAt(operation, x, axes.columns)) {
      context.Refuse(
          "half a turn of what is no square, which Keras gets wrong with TensorFlow; "
          "flip both axes");
    }
    return {Reversed(
        context, x,
        {std::min(axes.rows, axes.columns), std::max(axes.rows, axes.columns)}, "")};
  }
  if (quarters == 1) {
    const ValueId flipped = operation.Node(ReverseV2{{axes.columns}}, {x}, "flip");
    return {Transposed(context, flipped, perm, "")};
  }
  return {
      operation.Node(ReverseV2{{axes.columns}}, {Transposed(context, x, perm, "swap")})};
}

}  // namespace

const std::vector<OperationRow>& DiagonalOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Tril", {}, Triangle<IsBelow>, "SELECT_V2"},
      {"Triu", {}, Triangle<IsAbove>, "SELECT_V2"},
      {"Diagonal", {}, Diagonal, "TRANSPOSE, RESHAPE, GATHER"},
      {"Trace", {}, Trace, "SELECT_V2, SUM"},
      {"Rot90", {}, Turned, "REVERSE_V2, TRANSPOSE; half a turn REVERSE_V2"},
  };
  return kRows;
}

}  // namespace kinglet
