// Normalizations with stored statistics become affine maps. Those that normalize each
// sample become its mean, d = x - mean, the mean of d^2, and d / sqrt(that + epsilon):
// the square is taken of what has been centred, so that INT8 spends no range on the mean.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/model_builder.h"

namespace kinglet {
namespace {

std::vector<ValueId> BuildBatchNormalization(const LayerContext& context) {
  const BatchNormalizationForm defaults;
  BatchNormalizationForm form{.axis = context.Int("axis", defaults.axis),
                              .scale = context.Flag("scale", true),
                              .center = context.Flag("center", true),
                              .renorm = context.Flag("renorm", false),
                              .epsilon = context.Number("epsilon", defaults.epsilon)};
  const ValueId x = context.Input();
  // The fused kernel of Keras 2 knows no smaller epsilon.
  constexpr double kSmallestFused = 1.001e-5;
  const bool is_fused = context.IsKeras2() && context.ShapeOf(x).size() == 4 &&
                        (form.axis == 3 || form.axis == -1);
  if (is_fused) form.epsilon = std::max(form.epsilon, kSmallestFused);
  return {AppendBatchNormalization(context, x, "", form)};
}

/// The shape that broadcasts a tensor over `axes` of x to x, without leading ones.
Shape Along(const Shape& x, const Ints& axes) {
  Shape shape;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool is_in =
        std::ranges::find(axes, static_cast<std::int64_t>(i)) != axes.end();
    if (is_in || !shape.empty()) shape.push_back(is_in ? x[i] : 1);
  }
  return shape;
}

Shape SizesAt(const Shape& x, const Ints& axes) {
  Shape sizes;
  for (const std::int64_t axis : axes) {
    sizes.push_back(x[static_cast<std::size_t>(axis)]);
  }
  return sizes;
}

/// y * gamma + beta, of which the layer has those that its flags say.
ValueId ScaledAndCentred(const LayerContext& context, ValueId y, const Ints& axes,
                         bool has_gamma, bool has_beta) {
  const Shape shape = context.ShapeOf(y);
  context.ExpectVariables("", (has_gamma ? 1U : 0U) + (has_beta ? 1U : 0U));
  std::size_t index = 0;
  const auto next = [&](const char* name) {
    const Tensor stored = context.Variable("", index++, SizesAt(shape, axes));
    return context.Constant(name, stored.Reshaped(Along(shape, axes)));
  };
  if (has_gamma) y = context.Node(Mul{}, {y, next("gamma")}, "scale");
  if (has_beta) y = context.Node(Add{}, {y, next("beta")}, "center");
  return y;
}

/// x / sqrt(mean of squares over `axes` + epsilon)
ValueId OverRootMeanSquare(const LayerContext& context, ValueId x, const Ints& axes,
                           float epsilon) {
  const ValueId square = context.Node(Mul{}, {x, x}, "square");
  const ValueId mean =
      context.Node(Mean{{.axes = axes, .keep_dims = true}}, {square}, "variance");
  const ValueId inverse =
      context.Node(Rsqrt{}, {Plus(context, mean, epsilon, "epsilon")}, "rsqrt");
  return context.Node(Mul{}, {x, inverse}, "normalize");
}

ValueId Centred(const LayerContext& context, ValueId x, const Ints& axes) {
  const ValueId mean = context.Node(Mean{{.axes = axes, .keep_dims = true}}, {x}, "mean");
  return context.Node(Sub{}, {x, mean}, "subtract_mean");
}

float Epsilon(const LayerContext& context, double missing) {
  return static_cast<float>(context.Number("epsilon", missing));
}

/// Root mean square of x around its mean, which `rms_scaling` doesn't subtract from it.
ValueId RmsScaled(const LayerContext& context, ValueId x, const Ints& axes,
                  float epsilon) {
  const ValueId centred = Centred(context, x, axes);
  const ValueId square = context.Node(Mul{}, {centred, centred}, "square");
  const ValueId variance =
      context.Node(Mean{{.axes = axes, .keep_dims = true}}, {square}, "variance");
  const ValueId inverse =
      context.Node(Rsqrt{}, {Plus(context, variance, epsilon, "epsilon")}, "rsqrt");
  return context.Node(Mul{}, {x, inverse}, "normalize");
}

std::vector<ValueId> BuildLayerNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const std::size_t rank = context.ShapeOf(x).size();
  const Ints axes =
      AxesOf(context, context.Entry("axis"), {static_cast<std::int64_t>(rank) - 1}, rank);
  constexpr double kDefault = 1e-3;
  const float epsilon = Epsilon(context, kDefault);
  if (context.Flag("rms_scaling", false)) {
    return {ScaledAndCentred(context, RmsScaled(context, x, axes, epsilon), axes, true,
                             false)};
  }
  const ValueId normal =
      OverRootMeanSquare(context, Centred(context, x, axes), axes, epsilon);
  return {ScaledAndCentred(context, normal, axes, context.Flag("scale", true),
                           context.Flag("center", true))};
}

std::vector<ValueId> BuildRmsNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const std::size_t rank = context.ShapeOf(x).size();
  const Ints axes =
      AxesOf(context, context.Entry("axis"), {static_cast<std::int64_t>(rank) - 1}, rank);
  constexpr double kDefault = 1e-6;
  const ValueId normal = OverRootMeanSquare(context, x, axes, Epsilon(context, kDefault));
  return {ScaledAndCentred(context, normal, axes, true, false)};
}

/// x as [batch, positions, groups, channels of a group].
std::vector<ValueId> BuildGroupNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const std::size_t rank = shape.size();
  const std::int64_t axis = AxisOf(context, context.Int("axis", -1), rank);
  const Ints perm = PermToLast(axis, rank);
  const ValueId last = Transposed(context, x, perm, "to_last");
  const Shape ordered = context.ShapeOf(last);
  const std::int64_t channels = ordered.back();
  constexpr std::int64_t kDefaultGroups = 32;
  std::int64_t groups = context.Int("groups", kDefaultGroups);
  if (groups == -1) groups = channels;
  if (groups < 1 || channels % groups != 0) {
    context.Corrupt(fmt::format("{} channels in {} groups", channels, groups));
  }
  const std::int64_t positions = ElementCount(shape) / shape[0] / channels;
  const ValueId apart =
      Reshaped(context, last, {shape[0], positions, groups, channels / groups}, "groups");
  constexpr double kDefault = 1e-3;
  const ValueId normal = OverRootMeanSquare(context, Centred(context, apart, {1, 3}),
                                            {1, 3}, Epsilon(context, kDefault));
  const ValueId joined = Reshaped(context, normal, ordered, "join");
  const auto last_axis = static_cast<std::int64_t>(rank) - 1;
  const ValueId y =
      ScaledAndCentred(context, joined, {last_axis}, context.Flag("scale", true),
                       context.Flag("center", true));
  return {Transposed(context, y, Inverse(perm), "from_last")};
}

/// x / sqrt(max(sum of squares, smallest))
std::vector<ValueId> BuildUnitNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const std::size_t rank = context.ShapeOf(x).size();
  const Ints axes =
      AxesOf(context, context.Entry("axis"), {static_cast<std::int64_t>(rank) - 1}, rank);
  const float smallest = context.IsKeras2() ? 1e-12F : 1e-24F;
  const ValueId square = context.Node(Mul{}, {x, x}, "square");
  const ValueId sum =
      context.Node(Sum{{.axes = axes, .keep_dims = true}}, {square}, "sum");
  const ValueId floored =
      context.Node(Maximum{}, {sum, context.Scalar("smallest", smallest)}, "maximum");
  return {context.Node(Mul{}, {x, context.Node(Rsqrt{}, {floored}, "rsqrt")})};
}

void CollectNumbers(const Json& json, std::vector<float>& numbers) {
  if (json.is_number()) numbers.push_back(json.get<float>());
  if (!json.is_structured()) return;
  for (const Json& member : json) CollectNumbers(member, numbers);
}

/// A statistic of Normalization over `axes`, from the configuration or the variables.
Tensor Statistic(const LayerContext& context, const char* key, std::size_t index,
                 const Shape& x, const Ints& axes) {
  const Shape along = Along(x, axes);
  const Shape sizes = SizesAt(x, axes);
  if (context.Entry(key).is_null()) {
    return context.Variable("", index, sizes).Reshaped(along);
  }
  std::vector<float> numbers;
  CollectNumbers(context.Entry(key), numbers);
  const auto count = static_cast<std::size_t>(ElementCount(sizes));
  if (numbers.size() == 1) numbers.assign(count, numbers[0]);
  if (numbers.size() != count) {
    context.Corrupt(
        fmt::format("'{}' holds {} numbers for {} places", key, numbers.size(), count));
  }
  return Tensor::Of<float>(along, std::span<const float>(numbers));
}

/// (x - mean) / max(sqrt(variance), 1e-7), or the inverse of that.
std::vector<ValueId> BuildNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Json& axis = context.Entry("axis");
  const Ints axes =
      AxesOf(context, axis.is_null() ? Json::array() : axis, {}, shape.size());
  const Tensor mean = Statistic(context, "mean", 0, shape, axes);
  Tensor deviation = Statistic(context, "variance", 1, shape, axes);
  Tensor factor = deviation;
  constexpr float kSmallest = 1e-7F;
  for (std::size_t i = 0; i < deviation.size(); ++i) {
    float& value = deviation.Data<float>()[i];
    value = std::max(std::sqrt(value), kSmallest);
    factor.Data<float>()[i] = 1.0F / value;
  }
  const ValueId offset = context.Constant("mean", mean);
  if (context.Flag("invert", false)) {
    const ValueId scaled =
        context.Node(Mul{}, {x, context.Constant("deviation", deviation)}, "mul");
    return {context.Node(Add{}, {scaled, offset})};
  }
  const ValueId centred = context.Node(Sub{}, {x, offset}, "sub");
  return {context.Node(Mul{}, {centred, context.Constant("factor", factor)})};
}

/// A number, or one for each channel.
ValueId NumbersOf(const LayerContext& context, const char* key, float missing) {
  std::vector<float> numbers;
  CollectNumbers(context.Entry(key), numbers);
  if (numbers.empty()) numbers.push_back(missing);
  return numbers.size() == 1 ? context.Scalar(key, numbers[0])
                             : context.Vector(key, numbers);
}

bool IsAll(const LayerContext& context, ValueId constant, float value) {
  return std::ranges::all_of(context.graph()[constant].constant->Data<float>(),
                             [&](float x) { return x == value; });
}

/// x * scale + offset
std::vector<ValueId> BuildRescaling(const LayerContext& context) {
  ValueId x = context.Input();
  const ValueId scale = NumbersOf(context, "scale", 1);
  const ValueId offset = NumbersOf(context, "offset", 0);
  if (!IsAll(context, scale, 1)) x = context.Node(Mul{}, {x, scale}, "mul");
  if (!IsAll(context, offset, 0)) x = context.Node(Add{}, {x, offset});
  return {x};
}

}  // namespace

const std::vector<LayerRow>& NormalizationLayers() {
  static const std::vector<LayerRow> kRows = {
      {"BatchNormalization",
       BuildBatchNormalization,
       "part of the convolution or dense layer before it, else MUL, ADD",
       {"axis", "epsilon", "center", "scale", "momentum", "renorm", "renorm_clipping",
        "renorm_momentum", "synchronized", "fused", "virtual_batch_size"}},
      {"LayerNormalization",
       BuildLayerNormalization,
       "MEAN, SUB, MUL, MEAN, ADD, RSQRT, MUL, MUL, ADD",
       {"axis", "epsilon", "center", "scale", "rms_scaling"}},
      {"GroupNormalization",
       BuildGroupNormalization,
       "as LayerNormalization, between RESHAPEs",
       {"groups", "axis", "epsilon", "center", "scale"}},
      {"RMSNormalization",
       BuildRmsNormalization,
       "MUL, MEAN, ADD, RSQRT, MUL, MUL",
       {"axis", "epsilon"}},
      {"UnitNormalization",
       BuildUnitNormalization,
       "MUL, SUM, MAXIMUM, RSQRT, MUL",
       {"axis"}},
      {"Normalization",
       BuildNormalization,
       "SUB, MUL",
       {"axis", "mean", "variance", "invert"}},
      {"Rescaling", BuildRescaling, "MUL, ADD", {"scale", "offset"}},
  };
  return kRows;
}

}  // namespace kinglet
