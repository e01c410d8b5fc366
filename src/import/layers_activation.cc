// Layers that are one activation function.
#include <fmt/format.h>

#include <algorithm>

#include "import/attention.h"
#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "ops/infer.h"

namespace kinglet {
namespace {

constexpr float kSix = 6.0F;

std::vector<ValueId> BuildActivation(const LayerContext& context) {
  return {ApplyActivation(context, context.Entry("activation"), context.Input())};
}

/// slope * (x - threshold), or zero.
ValueId BelowThreshold(const LayerContext& context, ValueId x, float slope,
                       float threshold) {
  if (slope == 0) return context.Scalar("zero", 0);
  return Times(context, Plus(context, x, -threshold, "shift"), slope, "slope");
}

bool HasLimit(const LayerContext& context) {
  const Json& limit = context.Entry("max_value");
  return !limit.is_null() && !IsInfinite(limit);
}

/// y = x > threshold ? min(x, max) : slope * (x - threshold)
ValueId AboveThreshold(const LayerContext& context, ValueId x, float slope,
                       float threshold) {
  const bool has_limit = HasLimit(context);
  const ValueId above =
      has_limit
          ? context.Node(
                Minimum{},
                {x, context.Scalar("max_value",
                                   static_cast<float>(context.Number("max_value", 0)))},
                "minimum")
          : x;
  const ValueId is_above =
      context.Node(Relational{Relation::kGreater},
                   {x, context.Scalar("threshold", threshold)}, "greater");
  return context.Node(Select{},
                      {is_above, above, BelowThreshold(context, x, slope, threshold)});
}

std::vector<ValueId> BuildRelu(const LayerContext& context) {
  const auto slope = static_cast<float>(context.Number("negative_slope", 0));
  const auto threshold = static_cast<float>(context.Number("threshold", 0));
  const ValueId x = context.Input();
  if (threshold != 0) return {AboveThreshold(context, x, slope, threshold)};
  if (!HasLimit(context)) {
    return {slope == 0 ? context.Node(Relu{}, {x}) : context.Node(LeakyRelu{slope}, {x})};
  }
  const auto limit = static_cast<float>(context.Number("max_value", 0));
  if (slope == 0 && limit == kSix) return {context.Node(Relu{Activation::kRelu6}, {x})};
  const ValueId below = slope == 0 ? context.Node(Relu{}, {x}, "relu")
                                   : context.Node(LeakyRelu{slope}, {x}, "relu");
  return {context.Node(Minimum{}, {below, context.Scalar("max_value", limit)})};
}

/// x where it exceeds theta, else 0.
std::vector<ValueId> BuildThresholdedRelu(const LayerContext& context) {
  const auto theta = static_cast<float>(context.Number("theta", 1));
  return {AboveThreshold(context, context.Input(), 0, theta)};
}

std::vector<ValueId> BuildLeakyRelu(const LayerContext& context) {
  constexpr double kDefault = 0.3;
  const double slope =
      context.Number("negative_slope", context.Number("alpha", kDefault));
  return {context.Node(LeakyRelu{static_cast<float>(slope)}, {context.Input()})};
}

/// x where x >= 0, else alpha * (exp(x) - 1): the slope alpha below zero of what ELU
/// makes.
std::vector<ValueId> BuildElu(const LayerContext& context) {
  const auto alpha = static_cast<float>(context.Number("alpha", 1));
  const ValueId x = context.Input();
  if (alpha == 1) return {context.Node(Elu{}, {x})};
  const ValueId elu = context.Node(Elu{}, {x}, "elu");
  return {context.Node(LeakyRelu{alpha}, {elu})};
}

/// alpha has the shape of a sample, with size 1 along shared axes (counted from 1).
std::vector<ValueId> BuildPRelu(const LayerContext& context) {
  const ValueId x = context.Input();
  Shape shape = context.ShapeOf(x);
  const Json& shared = context.Entry("shared_axes");
  for (const std::int64_t axis : AxesOf(context, shared, {}, shape.size())) {
    shape[static_cast<std::size_t>(axis)] = 1;
  }
  shape.erase(shape.begin());
  context.ExpectVariables("", 1);
  const ValueId alpha = context.Constant("alpha", context.Variable("", 0, shape));
  return {context.Node(PRelu{}, {x, alpha})};
}

/// Over one axis, or over several as if they were one.
ValueId SoftmaxOver(const LayerContext& context, ValueId x, const Ints& axes,
                    const std::string& suffix) {
  if (axes.size() == 1) return OverAxis(context, x, axes[0], Softmax{}, suffix);
  const Shape shape = context.ShapeOf(x);
  Ints perm;
  std::int64_t elements = 1;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(shape.size()); ++i) {
    if (std::ranges::find(axes, i) == axes.end()) perm.push_back(i);
  }
  for (const std::int64_t axis : axes) {
    perm.push_back(axis);
    elements *= shape[static_cast<std::size_t>(axis)];
  }
  const ValueId moved = Transposed(context, x, perm, "to_last");
  const Shape apart = context.ShapeOf(moved);
  const ValueId joined =
      Reshaped(context, moved, {ElementCount(shape) / elements, elements}, "join");
  const ValueId soft = context.Node(Softmax{}, {joined}, "softmax");
  return Transposed(context, Reshaped(context, soft, apart, "split"), Inverse(perm),
                    "from_last");
}

/// What counts: of a mask of numbers those above one half.
ValueId SoftmaxMask(const LayerContext& context, ValueId mask, const Shape& shape) {
  const Value& value = context.graph()[mask];
  const bool has_batch = value.shape.size() == shape.size();
  if ((!has_batch && value.constant == nullptr) ||
      Broadcast(shape, value.shape) != shape) {
    context.Refuse(fmt::format("a mask of shape {} for x of {}", ToString(value.shape),
                               ToString(shape)));
  }
  if (value.dtype == DType::kBool) return mask;
  const ValueId numbers =
      value.dtype == DType::kFloat32
          ? mask
          : context.Node(Cast{DType::kFloat32}, {mask}, "mask_numbers");
  constexpr float kHalf = 0.5F;
  return context.Node(Relational{Relation::kGreater},
                      {numbers, context.Scalar("half", kHalf)}, "mask");
}

/// In Keras 3 what the mask leaves out is 0 even where it leaves nothing.
std::vector<ValueId> BuildSoftmax(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Ints axes = AxesOf(context, context.Entry("axis"),
                           {static_cast<std::int64_t>(shape.size()) - 1}, shape.size());
  if (axes.front() == 0) context.Refuse("over the axis of the batch");
  if (!context.Mask().has_value()) return {SoftmaxOver(context, x, axes, "")};
  const ValueId mask = SoftmaxMask(context, *context.Mask(), shape);
  const bool zeroes = !context.IsKeras2();
  const ValueId y =
      SoftmaxOver(context, Masked(context, x, mask), axes, zeroes ? "weights" : "");
  if (!zeroes) return {y};
  return {context.Node(Select{}, {mask, y, context.Scalar("nothing", 0)})};
}

}  // namespace

const std::vector<LayerRow>& ActivationLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Activation", BuildActivation, "the activation", {"activation"}},
      {"ReLU",
       BuildRelu,
       "RELU, RELU6, LEAKY_RELU; with other limits MINIMUM, with a threshold SELECT_V2",
       {"max_value", "negative_slope", "threshold"}},
      {"LeakyReLU", BuildLeakyRelu, "LEAKY_RELU", {"negative_slope", "alpha"}},
      {"ThresholdedReLU", BuildThresholdedRelu, "GREATER, SELECT_V2", {"theta"}},
      {"ELU", BuildElu, "ELU, LEAKY_RELU", {"alpha"}},
      {"PReLU", BuildPRelu, "PRELU", {"shared_axes"}},
      {"Softmax",
       BuildSoftmax,
       "SOFTMAX, between transpositions where the axis is not the last; with a mask "
       "REDUCE_MIN, ADD, SELECT_V2, SOFTMAX, SELECT_V2",
       {"axis"},
       MaskUse::kUsed},
  };
  return kRows;
}

}  // namespace kinglet
