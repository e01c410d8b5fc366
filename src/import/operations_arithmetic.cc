// Functions of one or two tensors, element by element.
#include <cmath>
#include <numbers>

#include "import/building_blocks.h"
#include "import/json_tensor.h"
#include "import/operation.h"

namespace kinglet {
namespace {

template <typename Typed>
std::vector<ValueId> OfTwo(const Operation& operation) {
  const auto [a, b] = operation.Pair(kFirst, kSecond);
  return {operation.Node(Typed{}, {a, b})};
}

/// A limit of zero from below is a RELU.
std::vector<ValueId> LargerOf(const Operation& operation) {
  const auto [a, b] = operation.Pair(kFirst, kSecond);
  for (const auto& [limit, x] : {std::pair(a, b), std::pair(b, a)}) {
    const auto& constant = operation.context().graph()[limit].constant;
    const bool is_zero = constant != nullptr && constant->size() == 1 &&
                         constant->dtype() == DType::kFloat32 &&
                         constant->Data<float>()[0] == 0;
    if (is_zero) return {operation.Node(Relu{}, {x})};
  }
  return {operation.Node(Maximum{}, {a, b})};
}

/// A constant divisor becomes a factor, for which INT8 has a kernel everywhere.
std::vector<ValueId> Divide(const Operation& operation) {
  auto [a, b] = operation.Pair(kFirst, kSecond);
  const LayerContext& context = operation.context();
  if (context.graph()[a].dtype != DType::kFloat32) {
    a = operation.Node(Cast{DType::kFloat32}, {a}, "dividend");
    b = operation.Node(Cast{DType::kFloat32}, {b}, "divisor");
  }
  const auto divisor = context.graph()[b].constant;
  if (divisor == nullptr) return {operation.Node(Div{}, {a, b})};
  Tensor factor = *divisor;
  for (float& value : factor.Data<float>()) value = 1.0F / value;
  return {operation.Node(Mul{}, {a, context.Constant("factor", factor)})};
}

template <typename Typed>
std::vector<ValueId> OfOne(const Operation& operation) {
  return {operation.Node(Typed{}, {operation.Operand(0, kFirst)})};
}

std::vector<ValueId> Negative(const Operation& operation) {
  const ValueId x = operation.Operand(0, kFirst);
  if (operation.context().graph()[x].dtype == DType::kInt32) {
    return {operation.Node(Neg{}, {x})};
  }
  return {Times(operation.context(), x, -1, "negative")};
}

std::vector<ValueId> Reciprocal(const Operation& operation) {
  const ValueId one = operation.context().Scalar("one", 1);
  return {operation.Node(Div{}, {one, operation.Operand(0, kFirst)})};
}

std::vector<ValueId> Power(const Operation& operation) {
  const auto [x, y] = operation.Pair(kFirst, kSecond);
  const auto& exponent = operation.context().graph()[y].constant;
  const bool is_number = exponent != nullptr && exponent->size() == 1 &&
                         exponent->dtype() == DType::kFloat32;
  if (!is_number) return {operation.Node(Pow{}, {x, y})};
  return {Raised(operation.context(), x, exponent->Data<float>()[0], "")};
}

/// log(x + offset) * factor
std::vector<ValueId> Logarithm(const Operation& operation, float offset, double factor) {
  const LayerContext& context = operation.context();
  const ValueId x = Plus(context, operation.Operand(0, kFirst), offset, "add");
  const ValueId log = operation.Node(Log{}, {x}, "log");
  return {Times(context, log, static_cast<float>(factor), "scale")};
}
std::vector<ValueId> Log1p(const Operation& operation) {
  return Logarithm(operation, 1, 1);
}
std::vector<ValueId> Log2(const Operation& operation) {
  return Logarithm(operation, 0, 1 / std::numbers::ln2);
}
std::vector<ValueId> Log10(const Operation& operation) {
  return Logarithm(operation, 0, 1 / std::numbers::ln10);
}
std::vector<ValueId> Expm1(const Operation& operation) {
  const ValueId exp = operation.Node(Exp{}, {operation.Operand(0, kFirst)}, "exp");
  return {Plus(operation.context(), exp, -1, "subtract")};
}

template <Relation kKind>
std::vector<ValueId> Compare(const Operation& operation) {
  const auto [a, b] = operation.Pair(kFirst, kSecond);
  return {operation.Node(Relational{kKind}, {a, b})};
}

template <typename Typed>
std::vector<ValueId> Logical(const Operation& operation) {
  return {operation.Node(
      Typed{}, {AsCondition(operation.context(), operation.Operand(0, kFirst)),
                AsCondition(operation.context(), operation.Operand(1, kSecond))})};
}

std::vector<ValueId> Not(const Operation& operation) {
  return {operation.Node(
      LogicalNot{}, {AsCondition(operation.context(), operation.Operand(0, kFirst))})};
}

std::vector<ValueId> Where(const Operation& operation) {
  const ValueId condition =
      AsCondition(operation.context(), operation.Operand(0, {"condition"}));
  const ValueId x = operation.Operand(1, {"x1", "x"});
  const auto both = operation.OfOneType({x, operation.Operand(2, {"x2", "y"})}, "y");
  return {operation.Node(Select{}, {condition, both[0], both[1]})};
}

std::vector<ValueId> Clip(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x", "t"});
  const auto low = operation.Number(1, {"x_min", "clip_value_min"});
  const auto high = operation.Number(2, {"x_max", "clip_value_max"});
  if (low == 0.0 && high == 6.0) return {operation.Node(Relu{Activation::kRelu6}, {x})};
  if (low == -1.0 && high == 1.0) {
    return {operation.Node(Relu{Activation::kReluN1To1}, {x})};
  }
  ValueId y = x;
  if (high.has_value()) {
    const ValueId limit = context.Scalar("high", static_cast<float>(*high));
    y = operation.Node(Minimum{}, {y, limit}, low.has_value() ? "minimum" : "");
  }
  if (low == 0.0) return {operation.Node(Relu{}, {y})};
  if (!low.has_value()) return {y};
  const ValueId limit = context.Scalar("low", static_cast<float>(*low));
  return {operation.Node(Maximum{}, {y, limit})};
}

/// 1, 0 or -1.
std::vector<ValueId> SignByRelations(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kFirst);
  const ValueId zero = context.Scalar("zero", 0);
  const ValueId is_above =
      operation.Node(Relational{Relation::kGreater}, {x, zero}, "above");
  const ValueId is_below =
      operation.Node(Relational{Relation::kLess}, {x, zero}, "below");
  const ValueId above = operation.Node(Cast{DType::kFloat32}, {is_above}, "one");
  const ValueId below = operation.Node(Cast{DType::kFloat32}, {is_below}, "minus_one");
  return {operation.Node(Sub{}, {above, below})};
}

std::vector<ValueId> CastTo(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"x"});
  const DType dtype = TypeNamed(operation.Text(1, {"dtype"}, "float32"));
  if (operation.context().graph()[x].dtype == dtype) return {x};
  return {operation.Node(Cast{dtype}, {x})};
}

std::vector<ValueId> Same(const Operation& operation) {
  return {operation.Operand(0, kFirst)};
}

/// All tensors are dense here: whether sparse ones would stay sparse doesn't matter. A
/// mask stays with its tensor, as in Keras.
std::vector<ValueId> ToTensor(const Operation& operation) {
  for (const char* form : {"sparse", "ragged"}) operation.Argument(-1, {form});
  return operation.Argument(-1, {"dtype"}).is_null() ? Same(operation)
                                                     : CastTo(operation);
}

const std::vector<OperationRow> kRows = {
    {"Add", {"math.add", "__operators__.add", "add"}, OfTwo<Add>, "ADD"},
    {"Subtract", {"math.subtract", "__operators__.sub", "subtract"}, OfTwo<Sub>, "SUB"},
    {"Multiply", {"math.multiply", "__operators__.mul", "multiply"}, OfTwo<Mul>, "MUL"},
    {"TrueDivide",
     {"math.truediv", "__operators__.truediv", "math.divide"},
     Divide,
     "DIV, by a constant MUL"},
    {"Divide", {"divide"}, Divide, "DIV, by a constant MUL"},
    {"FloorDivide",
     {"math.floordiv", "floor_div", "__operators__.floordiv"},
     OfTwo<FloorDiv>,
     "FLOOR_DIV"},
    {"Mod",
     {"math.mod", "__operators__.mod", "math.floormod"},
     OfTwo<FloorMod>,
     "FLOOR_MOD"},
    {"Power",
     {"math.pow", "__operators__.pow", "pow"},
     Power,
     "MUL, SQRT, RSQRT, POW, by the exponent"},
    {"Maximum", {"math.maximum", "maximum"}, LargerOf, "MAXIMUM"},
    {"Minimum", {"math.minimum", "minimum"}, OfTwo<Minimum>, "MINIMUM"},
    {"Fmax", {}, LargerOf, "MAXIMUM"},
    {"Fmin", {}, OfTwo<Minimum>, "MINIMUM"},
    {"SquaredDifference",
     {"math.squared_difference"},
     OfTwo<SquaredDifference>,
     "SQUARED_DIFFERENCE"},
    {"Negative",
     {"math.negative", "__operators__.neg"},
     Negative,
     "MUL, of integers NEG"},
    {"Absolute", {"math.abs", "abs"}, OfOne<Abs>, "ABS"},
    {"Square", {"math.square", "square"}, OfOne<Square>, "MUL, alone SQUARE"},
    {"Sqrt", {"math.sqrt", "sqrt"}, OfOne<Sqrt>, "SQRT"},
    {"Rsqrt", {"math.rsqrt"}, OfOne<Rsqrt>, "RSQRT"},
    {"Exp", {"math.exp", "exp"}, OfOne<Exp>, "EXP"},
    {"Expm1", {"math.expm1"}, Expm1, "EXP, ADD"},
    {"Log", {"math.log"}, OfOne<Log>, "LOG"},
    {"Log1p", {"math.log1p"}, Log1p, "ADD, LOG"},
    {"Log2", {}, Log2, "LOG, MUL"},
    {"Log10", {}, Log10, "LOG, MUL"},
    {"Sin", {"math.sin", "sin"}, OfOne<Sin>, "SIN"},
    {"Cos", {"math.cos", "cos"}, OfOne<Cos>, "COS"},
    {"Floor", {"math.floor", "floor"}, OfOne<Floor>, "FLOOR"},
    {"Ceil", {"math.ceil"}, OfOne<Ceil>, "CEIL"},
    {"Sign", {"math.sign", "sign"}, SignByRelations, "GREATER, LESS, CAST, SUB"},
    {"Reciprocal", {"math.reciprocal"}, Reciprocal, "DIV"},
    {"Equal", {"math.equal", "equal"}, Compare<Relation::kEqual>, "EQUAL"},
    {"NotEqual",
     {"math.not_equal", "not_equal"},
     Compare<Relation::kNotEqual>,
     "NOT_EQUAL"},
    {"Less", {"math.less", "__operators__.lt"}, Compare<Relation::kLess>, "LESS"},
    {"LessEqual",
     {"math.less_equal", "__operators__.le"},
     Compare<Relation::kLessEqual>,
     "LESS_EQUAL"},
    {"Greater",
     {"math.greater", "__operators__.gt"},
     Compare<Relation::kGreater>,
     "GREATER"},
    {"GreaterEqual",
     {"math.greater_equal", "__operators__.ge"},
     Compare<Relation::kGreaterEqual>,
     "GREATER_EQUAL"},
    {"LogicalAnd", {"math.logical_and"}, Logical<LogicalAnd>, "LOGICAL_AND"},
    {"LogicalOr", {"math.logical_or"}, Logical<LogicalOr>, "LOGICAL_OR"},
    {"LogicalNot", {"math.logical_not"}, Not, "LOGICAL_NOT"},
    {"Where", {"where"}, Where, "SELECT_V2"},
    {"Clip",
     {"clip_by_value"},
     Clip,
     "RELU6 or RELU_N1_TO_1 with their limits, else MINIMUM, MAXIMUM"},
    {"Cast", {"cast"}, CastTo, "CAST"},
    {"ConvertToTensor", {}, ToTensor, "nothing, or CAST"},
    {"Identity", {"identity"}, Same, "nothing"},
    {"Conjugate", {}, Same, "nothing"},
    {"Real", {}, Same, "nothing"},
    {"StopGradient", {"stop_gradient"}, Same, "nothing"},
};

}  // namespace

const std::vector<OperationRow>& ArithmeticOperations() { return kRows; }

}  // namespace kinglet
