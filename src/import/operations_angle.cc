// The inverse functions of angles: all are the angle of a point.
#include <algorithm>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// x with the axes that `shape` has more or longer: the operation itself broadcasts
/// nothing.
ValueId Spread(const Operation& operation, ValueId x, const Shape& shape,
               const std::string& suffix) {
  if (operation.ShapeOf(x) == shape) return x;
  return operation.Node(BroadcastTo{shape}, {x}, suffix);
}

/// The shape that both broadcast to. What doesn't is refused by BROADCAST_TO.
Shape CommonShape(const Shape& a, const Shape& b) {
  Shape shape = a.size() < b.size() ? b : a;
  const Shape& shorter = a.size() < b.size() ? a : b;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& size = shape[shape.size() - shorter.size() + i];
    size = std::max(size, shorter[i]);
  }
  return shape;
}

std::vector<ValueId> ArctanOfTwo(const Operation& operation) {
  const auto [y, x] = operation.PairOfFloats({"x1", "y"}, {"x2", "x"});
  const Shape shape = CommonShape(operation.ShapeOf(y), operation.ShapeOf(x));
  return {operation.Node(Atan2{}, {Spread(operation, y, shape, "first_spread"),
                                   Spread(operation, x, shape, "second_spread")})};
}

std::vector<ValueId> Arctan(const Operation& operation) {
  const ValueId x = operation.Floats(0, kFirst);
  Tensor ones(DType::kFloat32, operation.ShapeOf(x));
  std::ranges::fill(ones.Data<float>(), 1.0F);
  return {operation.Node(Atan2{}, {x, operation.context().Constant("ones", ones)})};
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
  return {operation.Node(Atan2{}, {x, OtherCoordinate(operation, x)})};
}

std::vector<ValueId> Arccos(const Operation& operation) {
  const ValueId x = operation.Floats(0, kFirst);
  return {operation.Node(Atan2{}, {OtherCoordinate(operation, x), x})};
}

}  // namespace

const std::vector<OperationRow>& AngleOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Arctan2", {"math.atan2"}, ArctanOfTwo, "ATAN2"},
      {"Arctan", {"math.atan"}, Arctan, "ATAN2"},
      {"Arcsin", {"math.asin"}, Arcsin, "ADD, SUB, MUL, SQRT, ATAN2"},
      {"Arccos", {"math.acos"}, Arccos, "ADD, SUB, MUL, SQRT, ATAN2"},
  };
  return kRows;
}

}  // namespace kinglet
