// Sums of products over chosen axes, as Einstein sums.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "import/building_blocks.h"
#include "import/einsum.h"
#include "import/operation.h"

namespace kinglet {
namespace {

constexpr Names kLeftOperand = {"x1", "a"};
constexpr Names kRightOperand = {"x2", "b"};

std::vector<ValueId> Einsum(const Operation& operation) {
  const LayerContext& context = operation.context();
  const std::string equation = operation.Text(-1, {"subscripts"}, "");
  const auto count = static_cast<int>(std::ranges::count(equation, ',')) + 1;
  std::vector<ValueId> operands;
  std::vector<std::optional<std::size_t>> ranks;
  for (int place = 0; place < count; ++place) {
    operands.push_back(operation.Operand(place, {"operand"}));
    ranks.emplace_back(operation.ShapeOf(operands.back()).size());
  }
  const auto spec = ParseEinsum(equation, ranks);
  if (!spec.has_value()) context.Refuse(fmt::format("equation '{}'", equation));
  return {EinsumOf(context, *spec, operands, "")};
}

/// `count` letters from `first` on.
std::string Letters(char first, std::size_t count) {
  std::string letters(count, first);
  std::iota(letters.begin(), letters.end(), first);
  return letters;
}

/// The sum over pairs of axes; those that stay are x's, then y's.
ValueId Contracted(const Operation& operation, ValueId x, ValueId y, const Ints& axes_x,
                   const Ints& axes_y) {
  const LayerContext& context = operation.context();
  const Shape in_x = operation.ShapeOf(x);
  const Shape in_y = operation.ShapeOf(y);
  if (axes_x.size() != axes_y.size()) context.Corrupt("axes that are no pairs");
  EinsumSpec spec{{Letters('a', in_x.size()), Letters('A', in_y.size())}, ""};
  spec.output = spec.inputs[0] + spec.inputs[1];
  for (std::size_t i = 0; i < axes_x.size(); ++i) {
    const auto at_x = static_cast<std::size_t>(AxisOf(context, axes_x[i], in_x.size()));
    const auto at_y = static_cast<std::size_t>(AxisOf(context, axes_y[i], in_y.size()));
    std::erase(spec.output, spec.inputs[0][at_x]);
    std::erase(spec.output, spec.inputs[1][at_y]);
    spec.inputs[1][at_y] = spec.inputs[0][at_x];
  }
  return EinsumOf(context, spec, {x, y}, "");
}

bool HasScalar(const Operation& operation, ValueId x, ValueId y) {
  return operation.ShapeOf(x).empty() || operation.ShapeOf(y).empty();
}

/// The last axis of x against the last but one of y, or its only one.
std::vector<ValueId> DotOf(const Operation& operation) {
  const auto [x, y] = operation.Pair(kLeftOperand, kRightOperand);
  if (HasScalar(operation, x, y)) return {operation.Node(Mul{}, {x, y})};
  const std::int64_t axis = operation.ShapeOf(y).size() == 1 ? -1 : -2;
  return {Contracted(operation, x, y, {-1}, {axis})};
}

std::vector<ValueId> Inner(const Operation& operation) {
  const auto [x, y] = operation.Pair(kLeftOperand, kRightOperand);
  if (HasScalar(operation, x, y)) return {operation.Node(Mul{}, {x, y})};
  return {Contracted(operation, x, y, {-1}, {-1})};
}

std::vector<ValueId> Outer(const Operation& operation) {
  const LayerContext& context = operation.context();
  const auto [x, y] = operation.Pair(kLeftOperand, kRightOperand);
  const ValueId column =
      Reshaped(context, x, {ElementCount(operation.ShapeOf(x)), 1}, "column");
  const ValueId row = Reshaped(context, y, {ElementCount(operation.ShapeOf(y))}, "row");
  return {operation.Node(Mul{}, {column, row})};
}

std::vector<ValueId> Vdot(const Operation& operation) {
  const LayerContext& context = operation.context();
  const auto [x, y] = operation.Pair(kLeftOperand, kRightOperand);
  const auto flat = [&](ValueId id, const char* name) {
    return Reshaped(context, id, {ElementCount(operation.ShapeOf(id))}, name);
  };
  return {Contracted(operation, flat(x, "flat_x"), flat(y, "flat_y"), {0}, {0})};
}

/// The axes of one operand: `side` of two numbers or lists.
Ints AxesOfSide(const Operation& operation, const Json& axes, std::size_t side) {
  Ints numbers;
  const Json& given = axes[side];
  for (const Json& axis : given.is_array() ? given : Json::array({given})) {
    if (!axis.is_number_integer())
      operation.context().Corrupt("an axis that is no integer");
    numbers.push_back(axis.get<std::int64_t>());
  }
  return numbers;
}

/// Axes are the number of those at the end of x and in front of y, or pairs.
std::vector<ValueId> Tensordot(const Operation& operation) {
  const LayerContext& context = operation.context();
  const auto [x, y] = operation.Pair(kLeftOperand, kRightOperand);
  const Json& axes = operation.Argument(2, {"axes"});
  if (axes.is_array() && axes.size() == 2) {
    return {Contracted(operation, x, y, AxesOfSide(operation, axes, 0),
                       AxesOfSide(operation, axes, 1))};
  }
  if (!axes.is_null() && !axes.is_number_integer()) {
    context.Corrupt(fmt::format("axes {}", axes.dump()));
  }
  const std::int64_t count = axes.is_null() ? 2 : axes.get<std::int64_t>();
  if (count < 0) context.Corrupt(fmt::format("axes {}", count));
  Ints last;
  Ints first;
  for (std::int64_t i = 0; i < count; ++i) {
    last.push_back(i - count);
    first.push_back(i);
  }
  return {Contracted(operation, x, y, last, first)};
}

}  // namespace

const std::vector<OperationRow>& ContractionOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Einsum",
       {},
       Einsum,
       "BATCH_MATMUL or FULLY_CONNECTED between transpositions, operands two at a time"},
      {"Dot", {}, DotOf, "as Einsum"},
      {"Inner", {}, Inner, "as Einsum"},
      {"Outer", {}, Outer, "MUL of a column and a row"},
      {"Tensordot", {"tensordot", "linalg.tensordot"}, Tensordot, "as Einsum"},
      {"Vdot", {}, Vdot, "as Einsum"},
  };
  return kRows;
}

}  // namespace kinglet
