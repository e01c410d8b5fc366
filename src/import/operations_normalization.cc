// Normalizations with gains that the file holds.
#include <fmt/format.h>

#include "import/normalization.h"
#include "import/operation.h"

namespace kinglet {
namespace {

constexpr float kEpsilonOfKeras = 1e-7F;

float EpsilonOr(const Operation& operation, float missing) {
  return static_cast<float>(
      operation.Number(-1, {"epsilon", "variance_epsilon"}).value_or(missing));
}

bool IsGiven(const Operation& operation, int place, Names names) {
  return !operation.Argument(place, names).is_null();
}

/// One number per channel; `missing` for an argument that was not passed.
std::vector<float> PerChannel(const Operation& operation, int place, Names names,
                              std::int64_t channels, float missing) {
  if (!IsGiven(operation, place, names)) {
    std::vector<float> same(static_cast<std::size_t>(channels), missing);
    return same;
  }
  const Tensor numbers = operation.Constant(place, names);
  const Shape& shape = numbers.shape();
  if (ElementCount(shape) != channels || shape.empty() || shape.back() != channels) {
    operation.context().Refuse(fmt::format("'{}' of shape {} for {} channels",
                                           *names.begin(), ToString(shape), channels));
  }
  const auto data = numbers.Data<float>();
  return {data.begin(), data.end()};
}

std::vector<ValueId> BatchNorm(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x"});
  const Shape shape = operation.ShapeOf(x);
  const std::int64_t axis =
      AxisOf(context, operation.Int(-1, {"axis"}).value_or(-1), shape.size());
  const std::int64_t channels = shape[static_cast<std::size_t>(axis)];
  const auto of_channels = [&](int place, Names names, float missing) {
    return PerChannel(operation, place, names, channels, missing);
  };
  BatchMoments moments;
  moments.mean = of_channels(1, {"mean"}, 0);
  moments.variance = of_channels(2, {"variance"}, 1);
  moments.beta = of_channels(3, {"offset"}, 0);
  moments.gamma = of_channels(4, {"scale"}, 1);
  constexpr float kDefault = 1e-3F;
  return {
      NormalizedByMoments(context, x, axis, moments, EpsilonOr(operation, kDefault), "")};
}

Ints NormalizedAxesOf(const Operation& operation, const Shape& shape) {
  return AxesOf(operation.context(), operation.Argument(-1, {"axis"}),
                {static_cast<std::int64_t>(shape.size()) - 1}, shape.size());
}

/// A gain of as many numbers as the axes have elements, brought to where it meets them.
std::optional<ValueId> Gain(const Operation& operation, int place, Names names,
                            const Shape& shape, const Ints& axes) {
  if (!IsGiven(operation, place, names)) return std::nullopt;
  const Tensor numbers = operation.Constant(place, names);
  const Shape along = Along(shape, axes);
  Shape whole(shape.size() - along.size(), 1);
  whole.insert(whole.end(), along.begin(), along.end());
  const bool fits = numbers.shape().size() == shape.size()
                        ? numbers.shape() == whole
                        : ElementCount(numbers.shape()) == ElementCount(along);
  if (!fits) {
    operation.context().Refuse(fmt::format("'{}' of shape {} over axes of {}",
                                           *names.begin(), ToString(numbers.shape()),
                                           ToString(along)));
  }
  return operation.context().Constant(std::string(*names.begin()) + "/along",
                                      numbers.Reshaped(along));
}

std::vector<ValueId> LayerNorm(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x"});
  const Shape shape = operation.ShapeOf(x);
  const Ints axes = NormalizedAxesOf(operation, shape);
  const float epsilon = EpsilonOr(operation, kEpsilonOfKeras);
  GainAndBias affine{Gain(operation, 1, {"gamma"}, shape, axes),
                     Gain(operation, 2, {"beta"}, shape, axes)};
  // Of which Keras reads the gain alone.
  if (operation.Flag(-1, {"rms_scaling"}, false)) {
    affine.beta.reset();
    return {DividedByDeviation(context, x, axes, affine, epsilon)};
  }
  return {Normalized(context, x, axes, affine, epsilon)};
}

std::vector<ValueId> RmsNorm(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"x"});
  std::optional<ValueId> scale;
  if (IsGiven(operation, 1, {"scale"})) scale = operation.Operand(1, {"scale"});
  return {DividedByRms(operation.context(), x,
                       NormalizedAxesOf(operation, operation.ShapeOf(x)), scale,
                       EpsilonOr(operation, kEpsilonOfKeras))};
}

}  // namespace

const std::vector<OperationRow>& NormalizationOperations() {
  static const std::vector<OperationRow> kRows = {
      {"BatchNorm",
       {"nn.batch_normalization"},
       BatchNorm,
       "as the layer BatchNormalization, with constant moments"},
      {"LayerNorm",
       {},
       LayerNorm,
       "as the layer LayerNormalization, with constant gains"},
      {"RMSNorm", {}, RmsNorm, "as the layer RMSNormalization"},
  };
  return kRows;
}

}  // namespace kinglet
