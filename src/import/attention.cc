#include "import/attention.h"

#include <algorithm>
#include <memory>

namespace kinglet {

// A score that doesn't count becomes less than the smallest of all, so far that its
// exponential vanishes beside theirs. Keras subtracts 1e9, which no INT8 range can hold.
ValueId MaskedSoftmax(const LayerContext& context, ValueId scores,
                      std::optional<ValueId> mask) {
  if (!mask.has_value()) return context.Node(Softmax{}, {scores}, "softmax");
  constexpr float kBelow = -24.0F;
  Ints axes;
  for (std::size_t i = 1; i < context.ShapeOf(scores).size(); ++i) {
    axes.push_back(static_cast<std::int64_t>(i));
  }
  const ValueId smallest =
      context.Node(ReduceMin{{.axes = axes, .keep_dims = true}}, {scores}, "smallest");
  const ValueId nothing = Plus(context, smallest, kBelow, "below");
  const ValueId kept = context.Node(Select{}, {*mask, scores, nothing}, "masked");
  return context.Node(Softmax{}, {kept}, "softmax");
}

ValueId CausalMask(const LayerContext& context, std::int64_t queries, std::int64_t keys) {
  Tensor mask(DType::kBool, {1, queries, keys});
  const auto allowed = mask.Data<bool>();
  for (std::int64_t i = 0; i < queries; ++i) {
    for (std::int64_t j = 0; j <= std::min(i, keys - 1); ++j) {
      allowed[static_cast<std::size_t>(i * keys + j)] = true;
    }
  }
  return context.Constant("causal_mask", mask);
}

std::optional<ValueId> Both(const LayerContext& context, std::optional<ValueId> a,
                            std::optional<ValueId> b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() ? a : b;
  return context.Node(LogicalAnd{}, {*a, *b}, "and");
}

std::optional<ValueId> WithAxis(const LayerContext& context, std::optional<ValueId> mask,
                                std::size_t axis) {
  if (!mask.has_value()) return mask;
  Shape shape = context.ShapeOf(*mask);
  if (axis > shape.size()) context.Refuse("a mask of another form");
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return Reshaped(context, *mask, shape, "expand_mask");
}

}  // namespace kinglet
