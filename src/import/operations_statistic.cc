// Moments, weighted means, and sums that leave out what is no number.
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

ValueId MeanOver(const Operation& operation, ValueId x, const Ints& axes, bool keeps,
                 const std::string& suffix) {
  return operation.Node(Mean{{.axes = axes, .keep_dims = keeps}}, {x}, suffix);
}
ValueId SumOver(const Operation& operation, ValueId x, const Ints& axes, bool keeps,
                const std::string& suffix) {
  return operation.Node(Sum{{.axes = axes, .keep_dims = keeps}}, {x}, suffix);
}

/// The mean, with its axes kept, and the mean of the squared distance to it.
std::pair<ValueId, ValueId> MomentsOf(const Operation& operation, ValueId x,
                                      const Ints& axes, bool keeps,
                                      const std::string& name) {
  const ValueId mean = MeanOver(operation, x, axes, true, "mean");
  const ValueId square = operation.Node(SquaredDifference{}, {x, mean}, "square");
  return {mean, MeanOver(operation, square, axes, keeps, name)};
}

ValueId VarianceOf(const Operation& operation, const std::string& name) {
  const ValueId x = operation.Floats(0, kReduced);
  const Ints axes = operation.Axes(x);
  const bool keeps = operation.Flag(2, kKeepDims, false);
  return MomentsOf(operation, x, axes, keeps, name).second;
}

std::vector<ValueId> Variance(const Operation& operation) {
  return {VarianceOf(operation, "")};
}

std::vector<ValueId> Deviation(const Operation& operation) {
  return {operation.Node(Sqrt{}, {VarianceOf(operation, "variance")})};
}

/// Replicas, which `synchronized` is about, are of training.
std::vector<ValueId> Moments(const Operation& operation) {
  const ValueId x = operation.Floats(0, kReduced);
  const Ints axes = operation.Axes(x, 1, {"axes"});
  for (const char* unused : {"synchronized", "shift"}) operation.Argument(-1, {unused});
  const bool keeps = operation.Flag(-1, kKeepDims, false);
  const auto [mean, variance] = MomentsOf(operation, x, axes, keeps, "variance");
  if (keeps) return {mean, variance};
  const Shape shape = WithoutAxes(operation.ShapeOf(mean), axes);
  return {Reshaped(operation.context(), mean, shape, "squeeze"), variance};
}

/// The largest less the smallest.
std::vector<ValueId> Range(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kReduced);
  const ValueId floats = AsFloats(context, x);
  const Ints axes = operation.Axes(x);
  const bool keeps = operation.Flag(2, kKeepDims, false);
  const ValueId high =
      operation.Node(ReduceMax{{.axes = axes, .keep_dims = keeps}}, {floats}, "largest");
  const ValueId low =
      operation.Node(ReduceMin{{.axes = axes, .keep_dims = keeps}}, {floats}, "smallest");
  if (x == floats) return {operation.Node(Sub{}, {high, low})};
  return {AsWhole(context, operation.Node(Sub{}, {high, low}, "range"))};
}

std::vector<ValueId> CountOfNonzero(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId is_set = AsCondition(context, operation.Operand(0, kReduced));
  const ValueId ones = operation.Node(Cast{DType::kFloat32}, {is_set}, "ones");
  const ValueId count = SumOver(operation, ones, operation.Axes(ones),
                                operation.Flag(2, kKeepDims, false), "count");
  return {AsWhole(context, count)};
}

/// x with zeros where it is no number, which alone differs from itself.
ValueId Cleaned(const Operation& operation, ValueId x) {
  const ValueId is_nan =
      operation.Node(Relational{Relation::kNotEqual}, {x, x}, "is_nan");
  return operation.Node(Select{}, {is_nan, operation.context().Scalar("zero", 0), x},
                        "numbers");
}

std::vector<ValueId> SumOfNumbers(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kReduced);
  const Ints axes = operation.Axes(x);
  const bool keeps = operation.Flag(2, kKeepDims, false);
  if (context.graph()[x].dtype != DType::kFloat32) {
    return {AsWhole(context,
                    SumOver(operation, AsFloats(context, x), axes, keeps, "reduced"))};
  }
  return {SumOver(operation, Cleaned(operation, x), axes, keeps, "")};
}

std::vector<ValueId> MeanOfNumbers(const Operation& operation) {
  const ValueId x = operation.Operand(0, kReduced);
  const Ints axes = operation.Axes(x);
  const bool keeps = operation.Flag(2, kKeepDims, false);
  const ValueId floats = AsFloats(operation.context(), x);
  if (floats != x) return {MeanOver(operation, floats, axes, keeps, "")};
  const ValueId sum = SumOver(operation, Cleaned(operation, x), axes, keeps, "sum");
  const ValueId is_number =
      operation.Node(Relational{Relation::kEqual}, {x, x}, "is_number");
  const ValueId ones = operation.Node(Cast{DType::kFloat32}, {is_number}, "ones");
  const ValueId count = SumOver(operation, ones, axes, keeps, "count");
  return {operation.Node(Div{}, {sum, count})};
}

/// A constant vector of weights along one axis: a product with a matrix of one column.
ValueId WeightedByVector(const Operation& operation, ValueId x, std::int64_t axis,
                         const Tensor& weights) {
  const LayerContext& context = operation.context();
  const Shape shape = operation.ShapeOf(x);
  const Ints perm = PermToLast(axis, shape.size());
  const ValueId last = Transposed(context, x, perm, "to_last");
  const auto data = weights.Data<float>();
  double sum = 0;
  for (const float weight : data) sum += static_cast<double>(weight);
  std::vector<float> shares(data.begin(), data.end());
  for (float& share : shares)
    share = static_cast<float>(static_cast<double>(share) / sum);
  const Tensor kernel = Tensor::Of<float>({1, static_cast<std::int64_t>(shares.size())},
                                          std::span<const float>(shares));
  const ValueId column = operation.Node(
      FullyConnected{}, {last, context.Constant("shares", kernel)}, "weighted");
  return Reshaped(context, column, WithoutAxes(shape, {axis}), "");
}

/// Weights have the shape of x, or are a vector along the one axis.
std::vector<ValueId> Average(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Floats(0, kReduced);
  const Ints axes = operation.Axes(x, -1);
  if (operation.Argument(1, {"weights"}).is_null()) {
    return {MeanOver(operation, x, axes, false, "")};
  }
  const ValueId weights = AsFloats(context, operation.Operand(1, {"weights"}), "weights");
  const Shape shape = operation.ShapeOf(weights);
  if (shape.size() == operation.ShapeOf(x).size()) {
    const ValueId product = operation.Node(Mul{}, {x, weights}, "product");
    return {operation.Node(Div{}, {SumOver(operation, product, axes, false, "sum"),
                                   SumOver(operation, weights, axes, false, "total")})};
  }
  const auto constant = context.graph()[weights].constant;
  const bool is_along = shape.size() == 1 && axes.size() == 1 && constant != nullptr &&
                        shape == SizesAt(operation.ShapeOf(x), axes);
  if (!is_along) {
    context.Refuse(fmt::format("with weights of shape {}; give them the shape {}",
                               ToString(shape), ToString(operation.ShapeOf(x))));
  }
  return {WeightedByVector(operation, x, axes[0], *constant)};
}

}  // namespace

const std::vector<OperationRow>& StatisticOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Var", {"math.reduce_variance"}, Variance, "MEAN, SQUARED_DIFFERENCE, MEAN"},
      {"Std", {"math.reduce_std"}, Deviation, "MEAN, SQUARED_DIFFERENCE, MEAN, SQRT"},
      {"Moments", {"nn.moments"}, Moments, "MEAN, SQUARED_DIFFERENCE, MEAN"},
      {"Ptp", {}, Range, "REDUCE_MAX, REDUCE_MIN, SUB"},
      {"CountNonzero",
       {"math.count_nonzero"},
       CountOfNonzero,
       "NOT_EQUAL, CAST, SUM, ROUND, CAST"},
      {"Nansum", {}, SumOfNumbers, "NOT_EQUAL, SELECT_V2, SUM"},
      {"Nanmean", {}, MeanOfNumbers, "NOT_EQUAL, SELECT_V2, SUM, EQUAL, CAST, SUM, DIV"},
      {"Average",
       {},
       Average,
       "MEAN; with a vector of weights FULLY_CONNECTED; with others MUL, SUM, SUM, DIV"},
  };
  return kRows;
}

}  // namespace kinglet
