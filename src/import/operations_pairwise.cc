// Functions of two tensors that TensorFlow Lite has no operation for.
#include <cmath>
#include <numbers>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// log(e^a + e^b) = max(a, b) - log(sigmoid(|a - b|)), in which nothing grows large; to
/// another base with a and b as multiples of its logarithm.
ValueId LogAddExpOf(const Operation& operation, double log_of_base) {
  const LayerContext& context = operation.context();
  const auto [a, b] = operation.PairOfFloats(kFirst, kSecond);
  const ValueId apart = operation.Node(Sub{}, {a, b}, "apart");
  const ValueId distance = Times(context, operation.Node(Abs{}, {apart}, "distance"),
                                 static_cast<float>(log_of_base), "stretched");
  const ValueId sigmoid = operation.Node(Logistic{}, {distance}, "sigmoid");
  const ValueId log = Times(context, operation.Node(Log{}, {sigmoid}, "log"),
                            static_cast<float>(1 / log_of_base), "shrunk");
  return operation.Node(Sub{}, {operation.Node(Maximum{}, {a, b}, "larger"), log});
}
std::vector<ValueId> LogAddExp(const Operation& operation) {
  return {LogAddExpOf(operation, 1)};
}
std::vector<ValueId> LogAddExp2(const Operation& operation) {
  return {LogAddExpOf(operation, std::numbers::ln2)};
}

/// What the magnitude leaves over when it is divided by the other, with the sign of the
/// dividend.
std::vector<ValueId> RemainderOf(const Operation& operation) {
  const LayerContext& context = operation.context();
  const auto [a, b] = operation.Pair(kFirst, kSecond);
  const DType dtype = context.graph()[a].dtype;
  const ValueId dividend = AsFloats(context, a, "dividend");
  const ValueId divisor = AsFloats(context, b, "divisor");
  const ValueId rest = operation.Node(FloorMod{},
                                      {operation.Node(Abs{}, {dividend}, "dividend_size"),
                                       operation.Node(Abs{}, {divisor}, "divisor_size")},
                                      "rest");
  if (dtype == DType::kFloat32) return {WithSignOf(context, rest, dividend, "")};
  return {AsWhole(context, WithSignOf(context, rest, dividend, "signed"))};
}

/// a / b, and 0 where b is, which nothing is divided by.
std::vector<ValueId> QuotientOrZero(const Operation& operation) {
  const LayerContext& context = operation.context();
  const auto [a, b] = operation.PairOfFloats(kFirst, kSecond);
  if (const auto divisor = context.graph()[b].constant; divisor != nullptr) {
    Tensor factor = *divisor;
    for (float& value : factor.Data<float>()) value = value == 0 ? 0 : 1.0F / value;
    return {operation.Node(Mul{}, {a, context.Constant("factor", factor)})};
  }
  const ValueId zero = context.Scalar("zero", 0);
  const ValueId is_zero =
      operation.Node(Relational{Relation::kEqual}, {b, zero}, "is_zero");
  const ValueId divisor =
      operation.Node(Select{}, {is_zero, context.Scalar("one", 1), b}, "divisor");
  const ValueId quotient = operation.Node(Div{}, {a, divisor}, "quotient");
  return {operation.Node(Select{}, {is_zero, zero, quotient})};
}

/// 0 below zero, 1 above, and the second operand at zero.
std::vector<ValueId> Heaviside(const Operation& operation) {
  const LayerContext& context = operation.context();
  const auto [x, at_zero] = operation.PairOfFloats(kFirst, kSecond);
  const ValueId zero = context.Scalar("zero", 0);
  const ValueId is_above =
      operation.Node(Relational{Relation::kGreater}, {x, zero}, "is_above");
  const ValueId is_below =
      operation.Node(Relational{Relation::kLess}, {x, zero}, "is_below");
  const ValueId step = operation.Node(
      Select{}, {is_above, context.Scalar("one", 1), at_zero}, "from_zero");
  return {operation.Node(Select{}, {is_below, zero, step})};
}

std::vector<ValueId> Hypotenuse(const Operation& operation) {
  const auto [a, b] = operation.PairOfFloats(kFirst, kSecond);
  const ValueId sum = operation.Node(Add{},
                                     {operation.Node(Mul{}, {a, a}, "first_square"),
                                      operation.Node(Mul{}, {b, b}, "second_square")},
                                     "sum");
  return {operation.Node(Sqrt{}, {sum})};
}

/// |a - b| <= absolute + relative * |b|; integers are close when they are equal.
std::vector<ValueId> IsClose(const Operation& operation) {
  const LayerContext& context = operation.context();
  const auto [a, b] = operation.Pair(kFirst, kSecond);
  constexpr double kRelative = 1e-5;
  constexpr double kAbsolute = 1e-8;
  const auto relative = operation.Number(2, {"rtol"}).value_or(kRelative);
  const auto absolute = operation.Number(3, {"atol"}).value_or(kAbsolute);
  if (operation.Flag(-1, {"equal_nan"}, false)) {
    context.Refuse("'equal_nan', which INT8 can't tell; compare with isnan");
  }
  if (context.graph()[a].dtype != DType::kFloat32) {
    return {operation.Node(Relational{Relation::kEqual}, {a, b})};
  }
  const ValueId apart = operation.Node(Sub{}, {a, b}, "apart");
  const ValueId distance = operation.Node(Abs{}, {apart}, "distance");
  const ValueId size = operation.Node(Abs{}, {b}, "size");
  const ValueId bound =
      Plus(context, Times(context, size, static_cast<float>(relative), "relative"),
           static_cast<float>(absolute), "bound");
  return {operation.Node(Relational{Relation::kLessEqual}, {distance, bound})};
}

std::vector<ValueId> ExclusiveOr(const Operation& operation) {
  return {
      operation.Node(Relational{Relation::kNotEqual},
                     {AsCondition(operation.context(), operation.Operand(0, kFirst)),
                      AsCondition(operation.context(), operation.Operand(1, kSecond))})};
}

/// The choice of the first condition that holds, else the default.
std::vector<ValueId> FirstOf(const Operation& operation) {
  const LayerContext& context = operation.context();
  const std::vector<ValueId> conditions = operation.Operands(0, {"condlist"});
  std::vector<ValueId> choices = operation.Operands(1, {"choicelist"});
  const bool has_default = !operation.Argument(2, {"default"}).is_null();
  choices.push_back(has_default ? operation.Operand(2, {"default"})
                                : context.Scalar("default", 0));
  choices = operation.OfOneType(choices, "choice");
  if (conditions.size() + 1 != choices.size()) {
    context.Corrupt("as many choices as conditions are needed");
  }
  ValueId chosen = choices.back();
  for (std::size_t i = conditions.size(); i-- > 0;) {
    chosen = operation.Node(Select{},
                            {AsCondition(context, conditions[i]), choices[i], chosen},
                            i == 0 ? "" : "choice_" + std::to_string(i));
  }
  return {chosen};
}

}  // namespace

const std::vector<OperationRow>& PairwiseOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Logaddexp", {}, LogAddExp, "SUB, ABS, LOGISTIC, LOG, MAXIMUM, SUB"},
      {"Logaddexp2", {}, LogAddExp2, "SUB, ABS, MUL, LOGISTIC, LOG, MUL, MAXIMUM, SUB"},
      {"Fmod", {}, RemainderOf, "ABS, FLOOR_MOD, LESS, MUL, SELECT_V2"},
      {"DivideNoNan",
       {"math.divide_no_nan"},
       QuotientOrZero,
       "EQUAL, SELECT_V2, DIV, SELECT_V2, by a constant MUL"},
      {"Heaviside", {}, Heaviside, "GREATER, LESS, SELECT_V2, SELECT_V2"},
      {"Hypot", {}, Hypotenuse, "MUL, MUL, ADD, SQRT"},
      {"Isclose", {}, IsClose, "SUB, ABS, ABS, MUL, ADD, LESS_EQUAL"},
      {"LogicalXor", {"math.logical_xor"}, ExclusiveOr, "NOT_EQUAL"},
      {"Select", {}, FirstOf, "SELECT_V2"},
  };
  return kRows;
}

}  // namespace kinglet
