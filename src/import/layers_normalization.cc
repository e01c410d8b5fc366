// Normalizations of each sample by itself become its mean, the mean of (x - mean)^2, and
// products with the inverse root of that: the square is taken of what has been centred,
// so that INT8 spends no range on the mean.
#include <fmt/format.h>

#include <optional>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "ops/infer.h"

namespace kinglet {
namespace {

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

ValueId MeanOver(const LayerContext& context, ValueId x, const Ints& axes,
                 const std::string& suffix) {
  return context.Node(Mean{{.axes = axes, .keep_dims = true}}, {x}, suffix);
}

/// 1 / sqrt(mean over `axes` + epsilon)
ValueId InverseRoot(const LayerContext& context, ValueId squares, const Ints& axes,
                    float epsilon) {
  const ValueId variance = MeanOver(context, squares, axes, "variance");
  return context.Node(Rsqrt{}, {Plus(context, variance, epsilon, "epsilon")}, "rsqrt");
}

/// 1 / sqrt(mean of squares over the last axis + epsilon). The squares are summed as rows
/// times themselves, so that no single one is rounded, and the factor that makes a mean
/// of the sum rounds nothing either.
ValueId InverseRootOfRows(const LayerContext& context, ValueId x, float epsilon) {
  Shape shape = context.ShapeOf(x);
  const std::int64_t size = shape.back();
  const ValueId rows =
      Reshaped(context, x, {ElementCount(shape) / size, 1, size}, "rows");
  const ValueId sums = context.Node(BatchMatMul{.adj_y = true}, {rows, rows}, "squares");
  shape.back() = 1;
  const ValueId sum = Reshaped(context, sums, shape, "sum_of_squares");
  const ValueId inverse = context.Scalar("inverse_size", 1 / static_cast<float>(size));
  const ValueId variance = context.Node(Mul{}, {sum, inverse}, "variance");
  return context.Node(Rsqrt{}, {Plus(context, variance, epsilon, "epsilon")}, "rsqrt");
}

/// x * gamma + beta
ValueId ScaledAndCentred(const LayerContext& context, ValueId x, const Stored& stored) {
  if (stored.gamma.has_value()) x = context.Node(Mul{}, {x, *stored.gamma}, "scale");
  if (stored.beta.has_value()) x = context.Node(Add{}, {x, *stored.beta}, "center");
  return x;
}

std::vector<float> Numbers(const LayerContext& context, std::optional<ValueId> id) {
  if (!id.has_value()) return {};
  const auto data = context.graph()[*id].constant->Data<float>();
  return {data.begin(), data.end()};
}

/// d / deviation * gamma + beta with d = x - mean over the last axis: what is behind it
/// may take gamma and beta into its weights.
ValueId CentredFirst(const LayerContext& context, ValueId x, const Ints& axes,
                     const Stored& stored, float epsilon) {
  const ValueId mean = MeanOver(context, x, axes, "mean");
  const ValueId centred = context.Node(Sub{}, {x, mean}, "subtract_mean");
  const ValueId inverse = InverseRootOfRows(context, centred, epsilon);
  const ValueId normal = context.Node(Mul{}, {centred, inverse}, "normalize");
  return MappedPerChannel(context, normal, Numbers(context, stored.gamma),
                          Numbers(context, stored.beta), "scale_and_center");
}

/// x * factor + (beta - mean * factor) with factor = gamma / deviation: where the factor
/// is a small tensor, INT8 rounds what is as large as x twice alone.
ValueId ScaledFirst(const LayerContext& context, ValueId x, const Ints& axes,
                    const Stored& stored, float epsilon) {
  const ValueId mean = MeanOver(context, x, axes, "mean");
  const ValueId square = context.Node(SquaredDifference{}, {x, mean}, "square");
  ValueId factor = InverseRoot(context, square, axes, epsilon);
  if (stored.gamma.has_value()) {
    factor = context.Node(Mul{}, {factor, *stored.gamma}, "scale");
  }
  const ValueId shift = context.Node(Mul{}, {mean, factor}, "shift");
  const ValueId scaled = context.Node(Mul{}, {x, factor}, "normalize");
  if (!stored.beta.has_value()) return context.Node(Sub{}, {scaled, shift}, "center");
  const ValueId offset = context.Node(Sub{}, {*stored.beta, shift}, "offset");
  return context.Node(Add{}, {scaled, offset}, "center");
}

float Epsilon(const LayerContext& context, double missing) {
  return static_cast<float>(context.Number("epsilon", missing));
}

Ints NormalizedAxes(const LayerContext& context) {
  const std::size_t rank = context.ShapeOf(context.Input()).size();
  return AxesOf(context, context.Entry("axis"), {static_cast<std::int64_t>(rank) - 1},
                rank);
}

/// x / deviation * gamma: `rms_scaling` doesn't subtract the mean.
ValueId DividedByDeviation(const LayerContext& context, ValueId x, const Ints& axes,
                           const Stored& stored, float epsilon) {
  const ValueId mean = MeanOver(context, x, axes, "mean");
  const ValueId square = context.Node(SquaredDifference{}, {x, mean}, "square");
  const ValueId inverse = InverseRoot(context, square, axes, epsilon);
  return ScaledAndCentred(context, context.Node(Mul{}, {x, inverse}, "normalize"),
                          stored);
}

std::vector<ValueId> BuildLayerNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Ints axes = NormalizedAxes(context);
  constexpr double kDefault = 1e-3;
  const float epsilon = Epsilon(context, kDefault);
  const bool is_rms = context.Flag("rms_scaling", false);
  const Stored stored = StoredFor(context, SizesAt(shape, axes), Along(shape, axes),
                                  is_rms || context.Flag("scale", true),
                                  !is_rms && context.Flag("center", true));
  if (is_rms) return {DividedByDeviation(context, x, axes, stored, epsilon)};
  const bool is_per_channel =
      axes == Ints{static_cast<std::int64_t>(shape.size()) - 1} && stored.gamma;
  return {is_per_channel ? CentredFirst(context, x, axes, stored, epsilon)
                         : ScaledFirst(context, x, axes, stored, epsilon)};
}

/// The scale, of the sizes of the axes, meets x from the last axis on, whichever they
/// are: what Keras computes (and refuses, where these sizes don't broadcast).
std::vector<ValueId> BuildRmsNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Ints axes = NormalizedAxes(context);
  constexpr double kDefault = 1e-6;
  const Shape sizes = SizesAt(shape, axes);
  if (Broadcast(shape, sizes) != shape) {
    context.Corrupt("a scale of shape " + ToString(sizes) + " for x of " +
                    ToString(shape));
  }
  const Stored stored = StoredFor(context, sizes, sizes, true, false);
  const ValueId square = context.Node(Mul{}, {x, x}, "square");
  const ValueId inverse = InverseRoot(context, square, axes, Epsilon(context, kDefault));
  return {
      ScaledAndCentred(context, context.Node(Mul{}, {x, inverse}, "normalize"), stored)};
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
  const ValueId y =
      ScaledFirst(context, apart, {1, 3}, stored, Epsilon(context, kDefault));
  return {Transposed(context, Reshaped(context, y, ordered, "join"), Inverse(perm),
                     "from_last")};
}

/// x / sqrt(max(sum of squares, smallest))
std::vector<ValueId> BuildUnitNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const std::size_t rank = context.ShapeOf(x).size();
  const Ints axes =
      AxesOf(context, context.Entry("axis"), {static_cast<std::int64_t>(rank) - 1}, rank);
  const double smallest = context.IsKeras2() ? 1e-12 : 1e-24;
  return {DividedByNorm(context, x, axes, smallest, "")};
}

}  // namespace

const std::vector<LayerRow>& NormalizationLayers() {
  static const std::vector<LayerRow> kRows = {
      {"LayerNormalization",
       BuildLayerNormalization,
       "MEAN, SUB, BATCH_MATMUL, MUL, ADD, RSQRT, MUL, MUL, ADD over channels; over "
       "other "
       "axes as GroupNormalization",
       {"axis", "epsilon", "center", "scale", "rms_scaling"}},
      {"GroupNormalization",
       BuildGroupNormalization,
       "MEAN, SQUARED_DIFFERENCE, MEAN, ADD, RSQRT, MUL, MUL, SUB, MUL, ADD, between "
       "RESHAPEs",
       {"groups", "axis", "epsilon", "center", "scale"}},
      {"RMSNormalization",
       BuildRmsNormalization,
       "MUL, MEAN, ADD, RSQRT, MUL, MUL",
       {"axis", "epsilon"}},
      {"UnitNormalization",
       BuildUnitNormalization,
       "L2_NORMALIZATION; over other axes than the last, or of long vectors, MUL, SUM, "
       "MAXIMUM, RSQRT, MUL",
       {"axis"}},
  };
  return kRows;
}

}  // namespace kinglet
