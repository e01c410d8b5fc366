// Functions over axes.
#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// Of bools: whether any is set, whether all are.
template <bool kAny>
std::vector<ValueId> Quantified(const Operation& operation) {
  const ValueId x = AsCondition(operation.context(), operation.Operand(0, kReduced));
  const Ints axes = operation.Axes(x);
  const bool keeps = operation.Flag(2, kKeepDims, false);
  if (!kAny) return {operation.Node(ReduceAll{{.axes = axes, .keep_dims = keeps}}, {x})};
  const LayerContext& context = operation.context();
  const ValueId any = AnyOver(context, x, axes, keeps ? "" : "any");
  return {keeps ? any
                : Reshaped(context, any, WithoutAxes(context.ShapeOf(any), axes), "")};
}

/// Integers and bools are reduced as floats. A mean stays one.
template <typename Typed>
std::vector<ValueId> Reduced(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  Typed op;
  op.axes = operation.Axes(x);
  op.keep_dims = operation.Flag(2, kKeepDims, false);
  if (operation.context().graph()[x].dtype == DType::kFloat32) {
    return {operation.Node(op, {x})};
  }
  const ValueId floats = AsFloats(operation.context(), x);
  if (std::is_same_v<Typed, Mean>) return {operation.Node(op, {floats})};
  return {AsWhole(operation.context(), operation.Node(op, {floats}, "reduced"))};
}

/// The extreme of the elements, and of an `initial` one. The largest of bools is whether
/// any is set.
template <typename Extreme, typename OfTwoOnes, bool kAny>
std::vector<ValueId> ExtremeOf(const Operation& operation) {
  const LayerContext& context = operation.context();
  const DType dtype = context.graph()[operation.Operand(0, kReduced)].dtype;
  const Json& initial = operation.Argument(3, {"initial"});
  if (initial.is_null() || initial == (kAny ? "-Infinity" : "Infinity")) {
    return dtype == DType::kBool ? Quantified<kAny>(operation)
                                 : Reduced<Extreme>(operation);
  }
  if (IsInfinite(initial)) context.Refuse("'initial' = infinity");
  if (dtype == DType::kBool) context.Refuse("'initial' of bools");
  const ValueId y = Reduced<Extreme>(operation)[0];
  const ValueId other = operation.Operand(3, {"initial"});
  const auto both = operation.OfOneType({y, other}, "initial");
  return {operation.Node(OfTwoOnes{}, both, "bounded")};
}

/// log of the sum of exponentials, from the largest down.
std::vector<ValueId> LogSumExp(const Operation& operation) {
  const ValueId x = operation.Floats(0, kReduced);
  const Ints axes = operation.Axes(x);
  const bool keeps = operation.Flag(2, kKeepDims, false);
  const ValueId largest =
      operation.Node(ReduceMax{{.axes = axes, .keep_dims = true}}, {x}, "largest");
  const ValueId distance = operation.Node(Sub{}, {x, largest}, "distance");
  const ValueId exp = operation.Node(Exp{}, {distance}, "exp");
  const ValueId sum =
      operation.Node(Sum{{.axes = axes, .keep_dims = true}}, {exp}, "sum");
  const ValueId log = operation.Node(Log{}, {sum}, "log");
  const ValueId y = operation.Node(Add{}, {log, largest}, keeps ? "" : "add");
  if (keeps) return {y};
  return {Reshaped(operation.context(), y, WithoutAxes(operation.ShapeOf(y), axes), "")};
}

template <typename Typed>
std::vector<ValueId> Arg(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  const Ints axes = operation.Axes(x);
  if (axes.size() != 1) operation.context().Refuse("over several axes");
  Typed op;
  op.axis = axes[0];
  const ValueId y = operation.Node(op, {x});
  if (!operation.Flag(2, kKeepDims, false)) return {y};
  Shape shape = operation.ShapeOf(y);
  shape.insert(shape.begin() + axes[0], 1);
  return {Reshaped(operation.context(), y, shape, "expand")};
}

/// The axis along which elements are accumulated.
std::int64_t AxisOfSums(const Operation& operation, ValueId x) {
  const auto axis = operation.Int(1, {"axis"});
  if (!axis.has_value()) operation.context().Refuse("without an axis");
  const std::int64_t at = AxisOf(operation.context(), *axis, operation.ShapeOf(x).size());
  if (at == 0) operation.context().Refuse("along the axis of the batch");
  return at;
}

/// Products of 2, 4, 8, ... neighbours: each step multiplies by what lies as far before
/// as the products reach, with ones in front.
std::vector<ValueId> CumulativeProduct(const Operation& operation) {
  const LayerContext& context = operation.context();
  ValueId x = operation.Operand(0, kReduced);
  if (context.graph()[x].dtype != DType::kFloat32) context.Refuse("of integers");
  const std::int64_t axis = AxisOfSums(operation, x);
  Shape front = operation.ShapeOf(x);
  const std::int64_t size = front[static_cast<std::size_t>(axis)];
  for (std::int64_t reach = 1; reach < size; reach *= 2) {
    front[static_cast<std::size_t>(axis)] = reach;
    const std::string part = fmt::format("reach_{}", reach);
    Tensor ones(DType::kFloat32, front);
    std::ranges::fill(ones.Data<float>(), 1.0F);
    const ValueId before = Sliced(context, x, axis, 0, size - reach, part + "/before");
    const ValueId moved =
        operation.Node(Concatenation{axis},
                       {context.Constant(part + "/ones", ones), before}, part + "/moved");
    x = operation.Node(Mul{}, {x, moved}, 2 * reach < size ? part : "");
  }
  return {x};
}

std::vector<ValueId> Cumulative(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  const std::int64_t at = AxisOfSums(operation, x);
  return {operation.Node(Cumsum{.axis = at,
                                .exclusive = operation.Flag(2, {"exclusive"}, false),
                                .reverse = operation.Flag(3, {"reverse"}, false)},
                         {x})};
}

}  // namespace

const std::vector<OperationRow>& ReductionOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Mean", {"math.reduce_mean", "reduce_mean"}, Reduced<Mean>, "MEAN"},
      {"Sum", {"math.reduce_sum", "reduce_sum"}, Reduced<Sum>, "SUM"},
      {"Max",
       {"math.reduce_max", "reduce_max"},
       ExtremeOf<ReduceMax, Maximum, true>,
       "REDUCE_MAX, with an initial value MAXIMUM"},
      {"Min",
       {"math.reduce_min", "reduce_min"},
       ExtremeOf<ReduceMin, Minimum, false>,
       "REDUCE_MIN, with an initial value MINIMUM"},
      {"Amax", {}, ExtremeOf<ReduceMax, Maximum, true>, "as Max"},
      {"Amin", {}, ExtremeOf<ReduceMin, Minimum, false>, "as Min"},
      {"Prod", {"math.reduce_prod", "reduce_prod"}, Reduced<ReduceProd>, "REDUCE_PROD"},
      {"Logsumexp",
       {"math.reduce_logsumexp"},
       LogSumExp,
       "REDUCE_MAX, SUB, EXP, SUM, LOG, ADD"},
      {"Argmax", {"math.argmax", "argmax"}, Arg<ArgMax>, "ARG_MAX"},
      {"Argmin", {"math.argmin", "argmin"}, Arg<ArgMin>, "ARG_MIN"},
      {"Any",
       {"math.reduce_any", "reduce_any"},
       Quantified<true>,
       "LOGICAL_NOT, REDUCE_ALL, LOGICAL_NOT"},
      {"All", {"math.reduce_all", "reduce_all"}, Quantified<false>, "REDUCE_ALL"},
      {"Cumsum", {"math.cumsum", "cumsum"}, Cumulative, "CUMSUM"},
      {"Cumprod", {}, CumulativeProduct, "STRIDED_SLICE, CONCATENATION, MUL a doubling"},
  };
  return kRows;
}

}  // namespace kinglet
