// Norms over axes, and division by them.
#include <cmath>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

struct NormForm {
  Ints axes;  ///< in the order of the call: a matrix has rows and columns
  Json order;
  bool keeps = false;
};

/// The largest or smallest of sums of magnitudes: of columns for the orders 1 and -1, of
/// rows for infinite ones.
ValueId NormOfMatrix(const Operation& operation, ValueId x, const NormForm& form,
                     const std::string& suffix) {
  const Json& order = form.order;
  const bool sums_rows = IsInfinite(order);
  const bool is_largest = order == 1 || order == "Infinity";
  if (!sums_rows && order != 1 && order != -1) {
    operation.context().Refuse("of order " + order.dump() +
                               " of a matrix, which takes its singular values; use the "
                               "Frobenius norm");
  }
  const std::int64_t summed = form.axes[sums_rows ? 1 : 0];
  std::int64_t ranked = form.axes[sums_rows ? 0 : 1];
  if (!form.keeps && ranked > summed) --ranked;
  const ValueId size = operation.Node(Abs{}, {x}, "magnitude");
  const ValueId sum =
      operation.Node(Sum{{.axes = {summed}, .keep_dims = form.keeps}}, {size}, "sum");
  if (!is_largest) {
    return operation.Node(ReduceMin{{.axes = {ranked}, .keep_dims = form.keeps}}, {sum},
                          suffix);
  }
  return operation.Node(ReduceMax{{.axes = {ranked}, .keep_dims = form.keeps}}, {sum},
                        suffix);
}

/// The count of what isn't zero for order 0, the extremes for infinite ones, else the
/// root of the sum of powers.
ValueId NormOfVector(const Operation& operation, ValueId x, const NormForm& form,
                     const std::string& suffix) {
  const LayerContext& context = operation.context();
  const Json& order = form.order;
  const Sum sum{{.axes = form.axes, .keep_dims = form.keeps}};
  if (order == 0) {
    const ValueId is_set = AsCondition(context, x);
    const ValueId ones = operation.Node(Cast{DType::kFloat32}, {is_set}, "ones");
    return operation.Node(sum, {ones}, suffix);
  }
  const double power = order.is_number() ? order.get<double>() : 0;
  if (power == 2) {
    const ValueId square = operation.Node(Mul{}, {x, x}, "square");
    return operation.Node(Sqrt{}, {operation.Node(sum, {square}, "sum")}, suffix);
  }
  const ValueId size = operation.Node(Abs{}, {x}, "magnitude");
  if (power == 1) return operation.Node(sum, {size}, suffix);
  if (order == "Infinity") {
    return operation.Node(ReduceMax{{.axes = form.axes, .keep_dims = form.keeps}}, {size},
                          suffix);
  }
  if (order == "-Infinity") {
    return operation.Node(ReduceMin{{.axes = form.axes, .keep_dims = form.keeps}}, {size},
                          suffix);
  }
  if (power == 0) context.Refuse("of order " + order.dump() + " of a vector");
  const auto raised = [&](ValueId base, double to, const std::string& name) {
    return operation.Node(
        Pow{}, {base, context.Scalar("exponent", static_cast<float>(to))}, name);
  };
  const ValueId powers = raised(size, power, "power");
  return raised(operation.Node(sum, {powers}, "sum"), 1 / power, suffix);
}

/// Without an order it is the root of the sum of squares over any number of axes.
ValueId NormOf(const Operation& operation, ValueId x, NormForm form,
               const std::string& suffix) {
  const bool is_vector = form.axes.size() == 1;
  if (form.order.is_null() || (form.order == "fro" && form.axes.size() == 2)) {
    std::ranges::sort(form.axes);
    form.order = 2;
    return NormOfVector(operation, x, form, suffix);
  }
  if (is_vector) return NormOfVector(operation, x, form, suffix);
  if (form.axes.size() != 2) {
    operation.context().Corrupt("an order with more axes than a matrix has");
  }
  return NormOfMatrix(operation, x, form, suffix);
}

/// The axes as the call has them.
Ints AxesInOrder(const Operation& operation, ValueId x, int place) {
  operation.Axes(x, place);
  Ints axes = *operation.Integers(place, {"axis"});
  for (std::int64_t& axis : axes) {
    axis = AxisOf(operation.context(), axis, operation.ShapeOf(x).size());
  }
  return axes;
}

std::vector<ValueId> Norm(const Operation& operation) {
  const ValueId x = operation.Floats(0, kReduced);
  const NormForm form{.axes = AxesInOrder(operation, x, 2),
                      .order = operation.Argument(1, {"ord"}),
                      .keeps = operation.Flag(3, kKeepDims, false)};
  return {NormOf(operation, x, form, "")};
}

/// x / max(norm, epsilon). Of order 2 it is the root of squares over any axes.
std::vector<ValueId> Normalize(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Floats(0, {"x", "features", "logits", "input", "value"});
  const Ints axes = AxesInOrder(operation, x, 1);
  const double order = operation.Number(2, {"order"}).value_or(2);
  // Keras 3 bounds the norm, TensorFlow its square.
  const bool is_keras = context.layer().is_operation;
  const double smallest =
      operation.Number(3, {"epsilon"}).value_or(is_keras ? 1e-7 : 1e-12);
  if (order == 2) {
    return {DividedByNorm(context, x, operation.Axes(x),
                          is_keras ? smallest * smallest : smallest, "")};
  }
  const NormForm form{.axes = axes, .order = order, .keeps = true};
  const ValueId norm = NormOf(operation, x, form, "norm");
  const ValueId bound = context.Scalar("smallest", static_cast<float>(smallest));
  const ValueId divisor = operation.Node(Maximum{}, {norm, bound}, "maximum");
  return {operation.Node(Div{}, {x, divisor})};
}

}  // namespace

const std::vector<OperationRow>& NormOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Norm",
       {},
       Norm,
       "MUL, SUM, SQRT; of order 1 ABS, SUM; of order 0 NOT_EQUAL, CAST, SUM; of "
       "infinite "
       "orders ABS, REDUCE_MAX or REDUCE_MIN; of other orders ABS, POW, SUM, POW; of "
       "matrices ABS, SUM, REDUCE_MAX or REDUCE_MIN"},
      {"Normalize",
       {"math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize"},
       Normalize,
       "L2_NORMALIZATION; over other axes than the last, or of long vectors, MUL, SUM, "
       "MAXIMUM, RSQRT, MUL; of other orders than 2 as Norm, MAXIMUM, DIV"},
  };
  return kRows;
}

}  // namespace kinglet
