// Normalizations of each sample by itself become its mean, the mean of (x - mean)^2, and
// products with the inverse root of that: the square is taken of what has been centred,
// so that INT8 spends no range on the mean.
#include "import/normalization.h"

#include "ops/infer.h"

namespace kinglet {
namespace {

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
ValueId ScaledAndCentred(const LayerContext& context, ValueId x,
                         const GainAndBias& affine) {
  if (affine.gamma.has_value()) x = context.Node(Mul{}, {x, *affine.gamma}, "scale");
  if (affine.beta.has_value()) x = context.Node(Add{}, {x, *affine.beta}, "center");
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
                     const GainAndBias& affine, float epsilon) {
  const ValueId mean = MeanOver(context, x, axes, "mean");
  const ValueId centred = context.Node(Sub{}, {x, mean}, "subtract_mean");
  const ValueId inverse = InverseRootOfRows(context, centred, epsilon);
  const ValueId normal = context.Node(Mul{}, {centred, inverse}, "normalize");
  return MappedPerChannel(context, normal, Numbers(context, affine.gamma),
                          Numbers(context, affine.beta), "scale_and_center");
}

}  // namespace

ValueId Normalized(const LayerContext& context, ValueId x, const Ints& axes,
                   const GainAndBias& affine, float epsilon) {
  const auto rank = static_cast<std::int64_t>(context.ShapeOf(x).size());
  const bool is_per_channel = axes == Ints{rank - 1} && affine.gamma.has_value();
  return is_per_channel ? CentredFirst(context, x, axes, affine, epsilon)
                        : NormalizedByFactors(context, x, axes, affine, epsilon);
}

// x * factor + (beta - mean * factor) with factor = gamma / deviation: where the factor
// is a small tensor, INT8 rounds what is as large as x twice alone.
ValueId NormalizedByFactors(const LayerContext& context, ValueId x, const Ints& axes,
                            const GainAndBias& affine, float epsilon) {
  const ValueId mean = MeanOver(context, x, axes, "mean");
  const ValueId square = context.Node(SquaredDifference{}, {x, mean}, "square");
  ValueId factor = InverseRoot(context, square, axes, epsilon);
  if (affine.gamma.has_value()) {
    factor = context.Node(Mul{}, {factor, *affine.gamma}, "scale");
  }
  const ValueId shift = context.Node(Mul{}, {mean, factor}, "shift");
  const ValueId scaled = context.Node(Mul{}, {x, factor}, "normalize");
  if (!affine.beta.has_value()) return context.Node(Sub{}, {scaled, shift}, "center");
  const ValueId offset = context.Node(Sub{}, {*affine.beta, shift}, "offset");
  return context.Node(Add{}, {scaled, offset}, "center");
}

ValueId DividedByDeviation(const LayerContext& context, ValueId x, const Ints& axes,
                           const GainAndBias& affine, float epsilon) {
  const ValueId mean = MeanOver(context, x, axes, "mean");
  const ValueId square = context.Node(SquaredDifference{}, {x, mean}, "square");
  const ValueId inverse = InverseRoot(context, square, axes, epsilon);
  return ScaledAndCentred(context, context.Node(Mul{}, {x, inverse}, "normalize"),
                          affine);
}

ValueId DividedByRms(const LayerContext& context, ValueId x, const Ints& axes,
                     std::optional<ValueId> scale, float epsilon) {
  const Shape shape = context.ShapeOf(x);
  if (scale.has_value()) {
    const Shape sizes = context.ShapeOf(*scale);
    if (Broadcast(shape, sizes) != shape) {
      context.Corrupt("a scale of shape " + ToString(sizes) + " for x of " +
                      ToString(shape));
    }
  }
  const ValueId square = context.Node(Mul{}, {x, x}, "square");
  const ValueId inverse = InverseRoot(context, square, axes, epsilon);
  return ScaledAndCentred(context, context.Node(Mul{}, {x, inverse}, "normalize"),
                          {.gamma = scale, .beta = std::nullopt});
}

}  // namespace kinglet
