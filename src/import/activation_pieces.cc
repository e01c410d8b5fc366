// Activation functions made of straight pieces, and those that select or rank.
#include "import/activation_site.h"

namespace kinglet {
namespace {

constexpr float kShrinkThreshold = 0.5F;

}  // namespace

/// min(max(x + 3, 0), 6) / 6
ValueId HardSigmoid(const Site& site, ValueId x) {
  const ValueId moved = Plus(site.context, x, 3.0F, site.Part("shift"));
  const ValueId clamped = site.Node(Relu{Activation::kRelu6}, {moved}, "relu6");
  return Times(site.context, clamped, 1.0F / 6.0F, site.name);
}

/// Keras 2: min(max(0.2 x + 0.5, 0), 1), as min(max(1.2 x + 3, 0), 6) / 6.
ValueId EarlyHardSigmoid(const Site& site, ValueId x) {
  const ValueId steeper = Times(site.context, x, 1.2F, site.Part("slope"));
  return HardSigmoid(site, steeper);
}

ValueId TanhShrink(const Site& site, ValueId x) {
  return site.Node(Sub{}, {x, site.Node(Tanh{}, {x}, "tanh")});
}

/// x less what lies within the threshold.
ValueId SoftShrink(const Site& site, ValueId x) {
  const float threshold = site.ParameterOr(kShrinkThreshold);
  const ValueId high =
      site.Node(Minimum{}, {x, site.Scalar("high", threshold)}, "minimum");
  const ValueId inside =
      site.Node(Maximum{}, {high, site.Scalar("low", -threshold)}, "inside");
  return site.Node(Sub{}, {x, inside});
}

/// x where |x| exceeds the threshold, else 0.
ValueId HardShrink(const Site& site, ValueId x) {
  const float threshold = site.ParameterOr(kShrinkThreshold);
  const ValueId size = site.Node(Abs{}, {x}, "abs");
  const ValueId is_outside =
      site.Node(Relational{Relation::kGreater},
                {size, site.Scalar("threshold", threshold)}, "greater");
  return site.Node(Select{}, {is_outside, x, site.Scalar("zero", 0)});
}

/// (min(max(x, -1), 1) + 1) / 2
ValueId SparseSigmoid(const Site& site, ValueId x) {
  const ValueId clamped = site.Node(Relu{Activation::kReluN1To1}, {x}, "clamp");
  const ValueId half = Times(site.context, clamped, 0.5F, site.Part("half"));
  return Plus(site.context, half, 0.5F, site.name);
}

/// sparse_sigmoid(x)^2 + max(x - 1, 0)
ValueId SparsePlus(const Site& site, ValueId x) {
  const ValueId ramp = SparseSigmoid({site.context, site.Part("ramp")}, x);
  const ValueId square = site.Node(Mul{}, {ramp, ramp}, "square");
  const ValueId beyond = Plus(site.context, x, -1.0F, site.Part("beyond"));
  return site.Node(Add{}, {square, site.Node(Relu{}, {beyond}, "above")});
}

/// The first half along an axis times the sigmoid of the second.
ValueId Glu(const Site& site, ValueId x) {
  const LayerContext& context = site.context;
  const Shape shape = context.ShapeOf(x);
  const auto wanted = static_cast<std::int64_t>(site.ParameterOr(-1));
  const std::int64_t axis = AxisOf(context, wanted, shape.size());
  const std::int64_t size = shape[static_cast<std::size_t>(axis)];
  if (size % 2 != 0) context.Corrupt("glu over an odd number of elements");
  const std::vector<ValueId> halves =
      context.Nodes(Split{axis, {size / 2, size / 2}}, {x}, site.Part("halves"));
  return site.Node(Mul{}, {halves[0], site.Node(Logistic{}, {halves[1]}, "sigmoid")});
}

/// max(x - t, 0). Of the sorted x the first k count, those for which 1 + k x_k exceeds
/// the sum s_k up to there. The projection on the simplex has t = (s_k - 1) / k; Keras,
/// in all its backends, takes the sum of s_1 to s_k in place of s_k, and so does this.
ValueId Sparsemax(const Site& site, ValueId x) {
  const LayerContext& context = site.context;
  const Shape shape = context.ShapeOf(x);
  const auto last = static_cast<std::int64_t>(shape.size()) - 1;
  const ValueId sorted = context.Nodes(TopK{shape.back()}, {x}, site.Part("sorted"))[0];
  const ValueId sums = site.Node(Cumsum{.axis = last}, {sorted}, "sums");
  std::vector<float> counts(static_cast<std::size_t>(shape.back()));
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<float>(i + 1);
  const ValueId scaled =
      site.Node(Mul{}, {sorted, context.Vector(site.Part("counts"), counts)}, "scaled");
  const ValueId is_in =
      site.Node(Relational{Relation::kGreater},
                {Plus(context, scaled, 1.0F, site.Part("limit")), sums}, "is_in");
  const ValueId in = site.Node(Cast{DType::kFloat32}, {is_in}, "in");
  const Sum over_last{{.axes = {last}, .keep_dims = true}};
  const ValueId count = site.Node(over_last, {in}, "count");
  const ValueId sum = site.Node(over_last, {site.Node(Mul{}, {sums, in}, "kept")}, "sum");
  const ValueId threshold = site.Node(
      Div{}, {Plus(context, sum, -1.0F, site.Part("excess")), count}, "threshold");
  return site.Node(Relu{}, {site.Node(Sub{}, {x, threshold}, "sub")});
}

}  // namespace kinglet
