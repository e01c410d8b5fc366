// Normalizations of each sample by itself.
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/normalization.h"

namespace kinglet {
namespace {

/// From variables of that shape, in the shape `along` in which they meet the data.
GainAndBias StoredFor(const LayerContext& context, const Shape& shape, const Shape& along,
                      bool has_gamma, bool has_beta) {
  context.ExpectVariables("", (has_gamma ? 1U : 0U) + (has_beta ? 1U : 0U));
  std::size_t index = 0;
  const auto next = [&](const char* name) {
    return context.Constant(name, context.Variable("", index++, shape).Reshaped(along));
  };
  GainAndBias stored;
  if (has_gamma) stored.gamma = next("gamma");
  if (has_beta) stored.beta = next("beta");
  return stored;
}

float Epsilon(const LayerContext& context, double missing) {
  return static_cast<float>(context.Number("epsilon", missing));
}

Ints NormalizedAxes(const LayerContext& context) {
  const std::size_t rank = context.ShapeOf(context.Input()).size();
  return AxesOf(context, context.Entry("axis"), {static_cast<std::int64_t>(rank) - 1},
                rank);
}

std::vector<ValueId> BuildLayerNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Ints axes = NormalizedAxes(context);
  constexpr double kDefault = 1e-3;
  const float epsilon = Epsilon(context, kDefault);
  const bool is_rms = context.Flag("rms_scaling", false);
  const GainAndBias stored = StoredFor(context, SizesAt(shape, axes), Along(shape, axes),
                                       is_rms || context.Flag("scale", true),
                                       !is_rms && context.Flag("center", true));
  return {is_rms ? DividedByDeviation(context, x, axes, stored, epsilon)
                 : Normalized(context, x, axes, stored, epsilon)};
}

/// The scale, of the sizes of the axes, meets x from the last axis on, whichever they
/// are: what Keras computes (and refuses, where these sizes don't broadcast).
std::vector<ValueId> BuildRmsNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Ints axes = NormalizedAxes(context);
  constexpr double kDefault = 1e-6;
  const Shape sizes = SizesAt(shape, axes);
  context.ExpectVariables("", 1);
  const ValueId scale = context.Constant("gamma", context.Variable("", 0, sizes));
  return {DividedByRms(context, x, axes, scale, Epsilon(context, kDefault))};
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
  const GainAndBias stored =
      StoredFor(context, {channels}, {groups, each}, context.Flag("scale", true),
                context.Flag("center", true));
  const ValueId apart =
      Reshaped(context, last, {shape[0], positions, groups, each}, "groups");
  const ValueId y =
      NormalizedByFactors(context, apart, {1, 3}, stored, Epsilon(context, kDefault));
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
