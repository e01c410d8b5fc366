// Functions of one tensor that TensorFlow Lite has no operation for: each is composed of
// those it has. What is even or odd is computed from the magnitude.
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

constexpr double kHalfTurn = 180;  ///< degrees

/// What a function makes of floats.
using Composition = ValueId (*)(const Operation&, ValueId);

template <Composition kOf>
std::vector<ValueId> OfFloats(const Operation& operation) {
  return {kOf(operation, operation.Floats(0, kFirst))};
}

ValueId Scaled(const Operation& operation, ValueId x, double factor,
               const std::string& suffix = "") {
  return Times(operation.context(), x, static_cast<float>(factor), suffix);
}

ValueId ComparedWithZero(const Operation& operation, Relation relation, ValueId x,
                         const std::string& suffix) {
  return operation.Node(Relational{relation}, {x, operation.context().Scalar("zero", 0)},
                        suffix);
}

ValueId ToRadians(const Operation& operation, ValueId x) {
  return Scaled(operation, x, std::numbers::pi / kHalfTurn, "scale");
}
ValueId ToDegrees(const Operation& operation, ValueId x) {
  return Scaled(operation, x, kHalfTurn / std::numbers::pi, "scale");
}
ValueId Exp2(const Operation& operation, ValueId x) {
  return operation.Node(Pow{}, {operation.context().Scalar("two", 2), x});
}

/// (e^x - e^-x) / 2, and the sum for the cosine.
template <typename Typed>
ValueId Hyperbolic(const Operation& operation, ValueId x) {
  const ValueId rising = operation.Node(Exp{}, {x}, "rising");
  const ValueId opposite = Scaled(operation, x, -1, "opposite");
  const ValueId falling = operation.Node(Exp{}, {opposite}, "falling");
  return Scaled(operation, operation.Node(Typed{}, {rising, falling}, "both"), 0.5,
                "half");
}

ValueId Tangent(const Operation& operation, ValueId x) {
  const ValueId sine = operation.Node(Sin{}, {x}, "sin");
  return operation.Node(Div{}, {sine, operation.Node(Cos{}, {x}, "cos")});
}

/// sin(pi x) / (pi x), and 1 at zero, where nothing is divided by it.
ValueId Sinc(const Operation& operation, ValueId x) {
  const ValueId angle = Scaled(operation, x, std::numbers::pi, "angle");
  const ValueId is_zero = ComparedWithZero(operation, Relation::kEqual, angle, "is_zero");
  const ValueId one = operation.context().Scalar("one", 1);
  const ValueId divisor = operation.Node(Select{}, {is_zero, one, angle}, "divisor");
  const ValueId sine = operation.Node(Sin{}, {angle}, "sin");
  const ValueId quotient = operation.Node(Div{}, {sine, divisor}, "quotient");
  return operation.Node(Select{}, {is_zero, one, quotient});
}

/// log(|x| + sqrt(x^2 + 1)) with the sign of x: below zero the sum would cancel.
ValueId InverseSinh(const Operation& operation, ValueId x) {
  const LayerContext& context = operation.context();
  const ValueId square = operation.Node(Mul{}, {x, x}, "square");
  const ValueId root = operation.Node(Sqrt{}, {Plus(context, square, 1, "add")}, "root");
  const ValueId size = operation.Node(Abs{}, {x}, "size");
  const ValueId sum = operation.Node(Add{}, {size, root}, "sum");
  return WithSignOf(context, operation.Node(Log{}, {sum}, "log"), x, "");
}

/// log(x + sqrt((x - 1) (x + 1)))
ValueId InverseCosh(const Operation& operation, ValueId x) {
  const LayerContext& context = operation.context();
  const ValueId below = Plus(context, x, -1, "below");
  const ValueId product =
      operation.Node(Mul{}, {below, Plus(context, x, 1, "above")}, "product");
  const ValueId root = operation.Node(Sqrt{}, {product}, "root");
  return operation.Node(Log{}, {operation.Node(Add{}, {x, root}, "sum")});
}

/// (log(1 + x) - log(1 - x)) / 2
ValueId InverseTanh(const Operation& operation, ValueId x) {
  const LayerContext& context = operation.context();
  const ValueId above =
      operation.Node(Log{}, {Plus(context, x, 1, "above")}, "log_above");
  const ValueId rest = operation.Node(Sub{}, {context.Scalar("one", 1), x}, "below");
  const ValueId below = operation.Node(Log{}, {rest}, "log_below");
  return Scaled(operation, operation.Node(Sub{}, {above, below}, "both"), 0.5, "half");
}

/// tanh(x p(x^2)), of which the error is at most 3e-6; beyond the limit it is 1.
ValueId ErrorFunction(const Operation& operation, ValueId x) {
  constexpr float kEdge = 4;
  constexpr std::array<float, 5> kPolynomial = {
      3.209769350e-5F, -4.140820213e-4F, -4.990451180e-4F, 0.1029344093F, 1.128357948F};
  const LayerContext& context = operation.context();
  const ValueId high =
      operation.Node(Minimum{}, {x, context.Scalar("limit", kEdge)}, "minimum");
  const ValueId inside =
      operation.Node(Maximum{}, {high, context.Scalar("low", -kEdge)}, "inside");
  return operation.Node(Tanh{},
                        {OddPolynomial(context, inside, kPolynomial, "polynomial")});
}

/// The cube root, of which POW knows no sign.
ValueId CubeRoot(const Operation& operation, ValueId x) {
  const ValueId size = operation.Node(Abs{}, {x}, "size");
  return WithSignOf(operation.context(),
                    Raised(operation.context(), size, 1.0F / 3.0F, "root"), x, "");
}

std::vector<ValueId> Truncated(const Operation& operation) {
  const ValueId x = operation.Operand(0, kFirst);
  if (operation.context().graph()[x].dtype != DType::kFloat32) return {x};
  const ValueId is_below = ComparedWithZero(operation, Relation::kLess, x, "is_below");
  const ValueId up = operation.Node(Ceil{}, {x}, "up");
  return {operation.Node(Select{}, {is_below, up, operation.Node(Floor{}, {x}, "down")})};
}

/// Of integers only what lies before the point is rounded.
std::vector<ValueId> Rounded(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kFirst);
  const std::int64_t decimals = operation.Int(1, {"decimals"}).value_or(0);
  const bool is_float = context.graph()[x].dtype == DType::kFloat32;
  if (!is_float && decimals >= 0) return {x};
  if (decimals == 0) return {operation.Node(Round{}, {x})};
  const double factor = std::pow(10.0, static_cast<double>(decimals));
  const ValueId moved = Scaled(operation, AsFloats(context, x), factor, "moved");
  const ValueId rounded = operation.Node(Round{}, {moved}, "round");
  const ValueId back = Scaled(operation, rounded, 1 / factor, "back");
  return {is_float ? back : AsWhole(context, back, "integers")};
}

ValueId IsBelowZero(const Operation& operation, ValueId x) {
  return ComparedWithZero(operation, Relation::kLess, x, "");
}

/// pi below zero, else 0.
ValueId Angle(const Operation& operation, ValueId x) {
  const ValueId is_below = ComparedWithZero(operation, Relation::kLess, x, "is_below");
  const ValueId one = operation.Node(Cast{DType::kFloat32}, {is_below}, "one");
  return Scaled(operation, one, std::numbers::pi, "scale");
}

/// A NaN alone differs from itself.
template <Relation kKind>
ValueId AgainstItself(const Operation& operation, ValueId x) {
  return operation.Node(Relational{kKind}, {x, x});
}

/// x - x, which is 0 unless x is infinite or no number.
ValueId Residue(const Operation& operation, ValueId x) {
  return operation.Node(Sub{}, {x, x}, "residue");
}
ValueId IsFinite(const Operation& operation, ValueId x) {
  return ComparedWithZero(operation, Relation::kEqual, Residue(operation, x), "");
}

/// What takes the place of NaN and of either infinity; nothing where it stays.
std::optional<float> Replacement(const Operation& operation, const char* name,
                                 float missing) {
  if (IsInfinite(operation.Argument(-1, {name}))) return std::nullopt;
  return static_cast<float>(operation.Number(-1, {name}).value_or(missing));
}

std::vector<ValueId> WithoutNan(const Operation& operation) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kFirst);
  const auto nan = Replacement(operation, "nan", 0);
  const auto above = Replacement(operation, "posinf", kLargest);
  const auto below = Replacement(operation, "neginf", -kLargest);
  if (context.graph()[x].dtype != DType::kFloat32) return {x};
  if (!nan.has_value()) context.Refuse("'nan' = infinity");
  const ValueId is_nan =
      operation.Node(Relational{Relation::kNotEqual}, {x, x}, "is_nan");
  const bool is_clamped = above == kLargest && below == -kLargest;
  ValueId y =
      operation.Node(Select{}, {is_nan, context.Scalar("nan", *nan), x}, "numbers");
  if (is_clamped) {
    y = operation.Node(Minimum{}, {y, context.Scalar("above", kLargest)}, "minimum");
    return {operation.Node(Maximum{}, {y, context.Scalar("below", -kLargest)})};
  }
  const auto replace = [&](Relation relation, float bound, std::optional<float> by,
                           const std::string& name) {
    if (!by.has_value()) return;
    const ValueId is_beyond = operation.Node(
        Relational{relation}, {y, context.Scalar(name + "/bound", bound)}, name + "/is");
    y = operation.Node(Select{}, {is_beyond, context.Scalar(name, *by), y},
                       name + "/finite");
  };
  // A quotient by zero is clamped to the largest number by the runtimes.
  replace(Relation::kGreaterEqual, kLargest, above, "above");
  replace(Relation::kLessEqual, -kLargest, below, "below");
  return {y};
}

}  // namespace

const std::vector<OperationRow>& ComposedOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Deg2rad", {}, OfFloats<ToRadians>, "MUL"},
      {"Rad2deg", {}, OfFloats<ToDegrees>, "MUL"},
      {"Exp2", {}, OfFloats<Exp2>, "POW"},
      {"Sinh", {"math.sinh"}, OfFloats<Hyperbolic<Sub>>, "EXP, MUL, EXP, SUB, MUL"},
      {"Cosh", {"math.cosh"}, OfFloats<Hyperbolic<Add>>, "EXP, MUL, EXP, ADD, MUL"},
      {"Tan", {"math.tan"}, OfFloats<Tangent>, "SIN, COS, DIV"},
      {"Sinc", {}, OfFloats<Sinc>, "MUL, EQUAL, SELECT_V2, SIN, DIV, SELECT_V2"},
      {"Arcsinh",
       {"math.asinh"},
       OfFloats<InverseSinh>,
       "MUL, ADD, SQRT, ABS, ADD, LOG, LESS, MUL, SELECT_V2"},
      {"Arccosh", {"math.acosh"}, OfFloats<InverseCosh>, "ADD, ADD, MUL, SQRT, ADD, LOG"},
      {"Arctanh", {"math.atanh"}, OfFloats<InverseTanh>, "ADD, LOG, SUB, LOG, SUB, MUL"},
      {"Erf",
       {"math.erf"},
       OfFloats<ErrorFunction>,
       "MINIMUM, MAXIMUM, a polynomial of MUL and ADD, TANH"},
      {"Cbrt", {}, OfFloats<CubeRoot>, "ABS, POW, LESS, MUL, SELECT_V2"},
      {"Trunc", {}, Truncated, "LESS, CEIL, FLOOR, SELECT_V2"},
      {"Round", {"math.round", "round"}, Rounded, "ROUND, to decimals MUL, ROUND, MUL"},
      {"Signbit", {}, OfFloats<IsBelowZero>, "LESS; a zero has no sign"},
      {"Angle", {"math.angle"}, OfFloats<Angle>, "of real numbers LESS, CAST, MUL"},
      {"Isnan",
       {"math.is_nan"},
       OfFloats<AgainstItself<Relation::kNotEqual>>,
       "NOT_EQUAL"},
      {"Isfinite", {"math.is_finite"}, OfFloats<IsFinite>, "SUB, EQUAL"},
      {"NanToNum",
       {},
       WithoutNan,
       "NOT_EQUAL, SELECT_V2, MINIMUM, MAXIMUM; with other limits GREATER_EQUAL, "
       "SELECT_V2, "
       "LESS, SELECT_V2"},
  };
  return kRows;
}

}  // namespace kinglet
