// Functions over axes.
#include <fmt/format.h>

#include <type_traits>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

const Names kReduced = {"x", "input_tensor", "input"};
const Names kKeepDims = {"keepdims", "keep_dims"};

/// The axes of the call: not the batch, which would mix samples.
Ints Axes(const Operation& operation, ValueId x, int argument = 1) {
  const Json& axis = operation.Argument(argument, {"axis"});
  Ints axes = AxesOf(operation.context(), axis, {0}, operation.ShapeOf(x).size());
  if (!axes.empty() && axes[0] == 0) {
    operation.context().Refuse("over the axis of the batch, which mixes its samples");
  }
  return axes;
}

Shape WithoutAxes(Shape shape, const Ints& axes) {
  for (std::size_t i = axes.size(); i-- > 0;) shape.erase(shape.begin() + axes[i]);
  return shape;
}

/// Integers and bools are reduced as floats, which all whole numbers up to 2^24 are. A
/// mean stays one.
template <typename Typed>
std::vector<ValueId> Reduced(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  Typed op;
  op.axes = Axes(operation, x);
  op.keep_dims = operation.Flag(2, kKeepDims, false);
  if (operation.context().graph()[x].dtype == DType::kFloat32) {
    return {operation.Node(op, {x})};
  }
  const ValueId floats = operation.Node(Cast{DType::kFloat32}, {x}, "floats");
  if (std::is_same_v<Typed, Mean>) return {operation.Node(op, {floats})};
  // Rounded to INT8 the floats are no whole numbers, and a cast cuts.
  const ValueId whole =
      operation.Node(Round{}, {operation.Node(op, {floats}, "reduced")}, "whole");
  return {operation.Node(Cast{DType::kInt32}, {whole})};
}

/// The mean of the squared distance to the mean.
ValueId VarianceOf(const Operation& operation, const std::string& name) {
  const ValueId x = operation.Operand(0, kReduced);
  const Ints axes = Axes(operation, x);
  const ValueId mean =
      operation.Node(Mean{{.axes = axes, .keep_dims = true}}, {x}, "mean");
  const ValueId square = operation.Node(SquaredDifference{}, {x, mean}, "square");
  const bool keeps = operation.Flag(2, kKeepDims, false);
  return operation.Node(Mean{{.axes = axes, .keep_dims = keeps}}, {square}, name);
}

std::vector<ValueId> Variance(const Operation& operation) {
  return {VarianceOf(operation, "")};
}

std::vector<ValueId> Deviation(const Operation& operation) {
  return {operation.Node(Sqrt{}, {VarianceOf(operation, "variance")})};
}

/// The root of the sum of squares, or the sum or an extreme of magnitudes.
std::vector<ValueId> Norm(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  const Ints axes = Axes(operation, x, 2);
  const bool keeps = operation.Flag(3, kKeepDims, false);
  const Json& order = operation.Argument(1, {"ord"});
  const bool is_vector = axes.size() == 1;
  if (is_vector && order == 1) {
    const ValueId magnitude = operation.Node(Abs{}, {x}, "magnitude");
    return {operation.Node(Sum{{.axes = axes, .keep_dims = keeps}}, {magnitude})};
  }
  if (is_vector && IsInfinite(order)) {
    const ValueId magnitude = operation.Node(Abs{}, {x}, "magnitude");
    if (order == "Infinity") {
      return {operation.Node(ReduceMax{{.axes = axes, .keep_dims = keeps}}, {magnitude})};
    }
    return {operation.Node(ReduceMin{{.axes = axes, .keep_dims = keeps}}, {magnitude})};
  }
  const bool is_euclidean =
      order.is_null() || (is_vector ? order == 2 : axes.size() == 2 && order == "fro");
  if (!is_euclidean) {
    operation.context().Refuse("of order " + order.dump() +
                               "; write it with sums of powers");
  }
  const ValueId square = operation.Node(Mul{}, {x, x}, "square");
  const ValueId sum =
      operation.Node(Sum{{.axes = axes, .keep_dims = keeps}}, {square}, "sum");
  return {operation.Node(Sqrt{}, {sum})};
}

/// log of the sum of exponentials, from the largest down.
std::vector<ValueId> LogSumExp(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  const Ints axes = Axes(operation, x);
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
  const Ints axes = Axes(operation, x);
  if (axes.size() != 1) operation.context().Refuse("over several axes");
  Typed op;
  op.axis = axes[0];
  const ValueId y = operation.Node(op, {x});
  if (!operation.Flag(2, kKeepDims, false)) return {y};
  Shape shape = operation.ShapeOf(y);
  shape.insert(shape.begin() + axes[0], 1);
  return {Reshaped(operation.context(), y, shape, "expand")};
}

/// Of bools: whether any is set, whether all are.
template <bool kAny>
std::vector<ValueId> Quantified(const Operation& operation) {
  const ValueId x = AsCondition(operation.context(), operation.Operand(0, kReduced));
  const Ints axes = Axes(operation, x);
  const bool keeps = operation.Flag(2, kKeepDims, false);
  if (!kAny) return {operation.Node(ReduceAll{{.axes = axes, .keep_dims = keeps}}, {x})};
  const LayerContext& context = operation.context();
  const ValueId any = AnyOver(context, x, axes, keeps ? "" : "any");
  return {keeps ? any
                : Reshaped(context, any, WithoutAxes(context.ShapeOf(any), axes), "")};
}

std::vector<ValueId> Cumulative(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  const auto axis = operation.Int(1, {"axis"});
  if (!axis.has_value()) operation.context().Refuse("without an axis");
  const std::int64_t at = AxisOf(operation.context(), *axis, operation.ShapeOf(x).size());
  if (at == 0) operation.context().Refuse("along the axis of the batch");
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
      {"Max", {"math.reduce_max", "reduce_max"}, Reduced<ReduceMax>, "REDUCE_MAX"},
      {"Min", {"math.reduce_min", "reduce_min"}, Reduced<ReduceMin>, "REDUCE_MIN"},
      {"Amax", {}, Reduced<ReduceMax>, "REDUCE_MAX"},
      {"Amin", {}, Reduced<ReduceMin>, "REDUCE_MIN"},
      {"Prod", {"math.reduce_prod", "reduce_prod"}, Reduced<ReduceProd>, "REDUCE_PROD"},
      {"Var", {"math.reduce_variance"}, Variance, "MEAN, SQUARED_DIFFERENCE, MEAN"},
      {"Std", {"math.reduce_std"}, Deviation, "MEAN, SQUARED_DIFFERENCE, MEAN, SQRT"},
      {"Norm", {}, Norm, "MUL, SUM, SQRT; of order 1 ABS, SUM"},
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
  };
  return kRows;
}

}  // namespace kinglet
