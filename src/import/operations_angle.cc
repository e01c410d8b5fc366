// The inverse functions of angles: all are the angle of a point, of which the arctangent
// of the smaller coordinate over the larger is a polynomial.
#include <array>
#include <numbers>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// arctan(z) = z p(z^2) for 0 <= z <= 1, with an error of at most 3e-7.
constexpr std::array<float, 7> kArctan = {
    0.006811646980F, -0.03360378788F, 0.07962318489F, -0.1323331604F,
    0.1980780889F,   -0.3331736734F,  0.9999961113F};

/// `angle`, or `turn` - angle where the condition holds.
ValueId Mirrored(const Operation& operation, ValueId condition, double turn,
                 ValueId angle, const std::string& suffix) {
  const ValueId whole = operation.context().Scalar("turn", static_cast<float>(turn));
  const ValueId other = operation.Node(Sub{}, {whole, angle}, "other");
  return operation.Node(Select{}, {condition, other, angle}, suffix);
}

/// The angle of the point (|x|, |y|), 0 where both are 0.
ValueId FirstQuarter(const Operation& operation, ValueId y, ValueId x) {
  const LayerContext& context = operation.context();
  const ValueId height = operation.Node(Abs{}, {y}, "height");
  const ValueId width = operation.Node(Abs{}, {x}, "width");
  const ValueId smaller = operation.Node(Minimum{}, {height, width}, "smaller");
  const ValueId larger = operation.Node(Maximum{}, {height, width}, "larger");
  const ValueId is_origin = operation.Node(
      Relational{Relation::kEqual}, {larger, context.Scalar("zero", 0)}, "is_origin");
  const ValueId divisor =
      operation.Node(Select{}, {is_origin, context.Scalar("one", 1), larger}, "divisor");
  const ValueId ratio = operation.Node(Div{}, {smaller, divisor}, "ratio");
  const ValueId eighth = OddPolynomial(context, ratio, kArctan, "eighth");
  const ValueId is_steep =
      operation.Node(Relational{Relation::kGreater}, {height, width}, "is_steep");
  return Mirrored(operation, is_steep, std::numbers::pi / 2, eighth, "quarter");
}

/// The angle of a point above the axis on which x lies.
ValueId FirstHalf(const Operation& operation, ValueId y, ValueId x,
                  const std::string& suffix) {
  const ValueId is_left = operation.Node(
      Relational{Relation::kLess}, {x, operation.context().Scalar("zero", 0)}, "is_left");
  return Mirrored(operation, is_left, std::numbers::pi, FirstQuarter(operation, y, x),
                  suffix);
}

std::vector<ValueId> ArctanOfTwo(const Operation& operation) {
  const auto [y, x] = operation.PairOfFloats({"x1", "y"}, {"x2", "x"});
  return {WithSignOf(operation.context(), FirstHalf(operation, y, x, "half"), y, "")};
}

std::vector<ValueId> Arctan(const Operation& operation) {
  const ValueId x = operation.Floats(0, kFirst);
  const ValueId one = operation.context().Scalar("one", 1);
  return {WithSignOf(operation.context(), FirstQuarter(operation, x, one), x, "")};
}

/// sqrt((1 - x) (1 + x)): the other coordinate of a point at distance 1.
ValueId OtherCoordinate(const Operation& operation, ValueId x) {
  const ValueId above = Plus(operation.context(), x, 1, "above");
  const ValueId one = operation.context().Scalar("one", 1);
  const ValueId below = operation.Node(Sub{}, {one, x}, "below");
  const ValueId product = operation.Node(Mul{}, {below, above}, "product");
  return operation.Node(Sqrt{}, {product}, "other");
}

std::vector<ValueId> Arcsin(const Operation& operation) {
  const ValueId x = operation.Floats(0, kFirst);
  const ValueId other = OtherCoordinate(operation, x);
  return {WithSignOf(operation.context(), FirstQuarter(operation, x, other), x, "")};
}

std::vector<ValueId> Arccos(const Operation& operation) {
  const ValueId x = operation.Floats(0, kFirst);
  return {FirstHalf(operation, OtherCoordinate(operation, x), x, "")};
}

}  // namespace

const std::vector<OperationRow>& AngleOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Arctan2",
       {"math.atan2"},
       ArctanOfTwo,
       "DIV of the smaller by the larger magnitude, a polynomial of MUL and ADD, "
       "SELECT_V2"},
      {"Arctan", {"math.atan"}, Arctan, "as Arctan2 of x and 1"},
      {"Arcsin", {"math.asin"}, Arcsin, "MUL, SQRT, as Arctan2 of x and the root"},
      {"Arccos", {"math.acos"}, Arccos, "MUL, SQRT, as Arctan2 of the root and x"},
  };
  return kRows;
}

}  // namespace kinglet
