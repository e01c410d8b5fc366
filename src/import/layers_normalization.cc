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

/// Gamma and beta of a layer, of which it has those that its flags say.
struct Stored {
  std::optional<ValueId> gamma;
  std::optional<ValueId> beta;
};

/// From variables of that shape, in the shape `along` in which they meet the data.
Stored StoredFor(const LayerContext& context, const Shape& shape, const Shape& along,
                 bool has_gamma, bool has_beta) {
  context.ExpectVariables("", (has_gamma ? 1U : 0U) + (has_beta ? 1U : 0U));
  std::size_t index = 0;
  const auto next = [&](const char* name) {
    return context.Constant(name, context.Variable("", index++, shape).Reshaped(along));
  };
  Stored stored;
  if (has_gamma) stored.gamma = next("gamma");
  if (has_beta) stored.beta = next("beta");
  return stored;
}

/// 1 / sqrt(mean of squares over `axes` + epsilon)
ValueId InverseRoot(const LayerContext& context, ValueId x, const Ints& axes,
                    float epsilon) {
  const ValueId square = context.Node(Mul{}, {x, x}, "square");
  const ValueId mean =
      context.Node(Mean{{.axes = axes, .keep_dims = true}}, {square}, "variance");
  return context.Node(Rsqrt{}, {Plus(context, mean, epsilon, "epsilon")}, "rsqrt");
}

/// x * (factor * gamma) + beta: the product of the small tensors first, which costs INT8
/// no rounding of x.
ValueId Scaled(const LayerContext& context, ValueId x, ValueId factor,
               const Stored& stored) {
  if (stored.gamma.has_value()) {
    factor = context.Node(Mul{}, {factor, *stored.gamma}, "scale");
  }
  const ValueId y = context.Node(Mul{}, {x, factor}, "normalize");
  if (!stored.beta.has_value()) return y;
  return context.Node(Add{}, {y, *stored.beta}, "center");
}

ValueId Centred(const LayerContext& context, ValueId x, const Ints& axes) {
  const ValueId mean = context.Node(Mean{{.axes = axes, .keep_dims = true}}, {x}, "mean");
  return context.Node(Sub{}, {x, mean}, "subtract_mean");
}

float Epsilon(const LayerContext& context, double missing) {
  return static_cast<float>(context.Number("epsilon", missing));
}

Ints NormalizedAxes(const LayerContext& context) {
  const std::size_t rank = context.ShapeOf(context.Input()).size();
  return AxesOf(context, context.Entry("axis"), {static_cast<std::int64_t>(rank) - 1},
                rank);
}

/// `rms_scaling` divides by the deviation without subtracting the mean.
std::vector<ValueId> BuildLayerNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Ints axes = NormalizedAxes(context);
  constexpr double kDefault = 1e-3;
  const bool is_rms = context.Flag("rms_scaling", false);
  const Stored stored = StoredFor(context, SizesAt(shape, axes), Along(shape, axes),
                                  is_rms || context.Flag("scale", true),
                                  !is_rms && context.Flag("center", true));
  const ValueId centred = Centred(context, x, axes);
  const ValueId factor = InverseRoot(context, centred, axes, Epsilon(context, kDefault));
  return {Scaled(context, is_rms ? x : centred, factor, stored)};
}

std::vector<ValueId> BuildRmsNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Ints axes = NormalizedAxes(context);
  constexpr double kDefault = 1e-6;
  const Stored stored =
      StoredFor(context, SizesAt(shape, axes), Along(shape, axes), true, false);
  return {Scaled(context, x, InverseRoot(context, x, axes, Epsilon(context, kDefault)),
                 stored)};
}

/// x as [batch, positions, groups, channels of a group].
std::vector<ValueId> BuildGroupNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const std::int64_t axis = AxisOf(context, context.Int("axis", -1), shape.size());
  const Ints perm = PermToLast(axis, shape.size());
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
  const std::int64_t each = channels / groups;
  constexpr double kDefault = 1e-3;
  const Stored stored =
      StoredFor(context, {channels}, {groups, each}, context.Flag("scale", true),
                context.Flag("center", true));
  const ValueId apart =
      Reshaped(context, last, {shape[0], positions, groups, each}, "groups");
  const ValueId centred = Centred(context, apart, {1, 3});
  const ValueId factor =
      InverseRoot(context, centred, {1, 3}, Epsilon(context, kDefault));
  const ValueId y = Scaled(context, centred, factor, stored);
  return {Transposed(context, Reshaped(context, y, ordered, "join"), Inverse(perm),
                     "from_last")};
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
