#include "import/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

namespace kinglet {

// A score that doesn't count becomes less than the smallest of all, so far that its
// exponential vanishes beside theirs. Keras subtracts 1e9, which no INT8 range can hold.
ValueId Masked(const LayerContext& context, ValueId scores, ValueId mask) {
  constexpr float kBelow = -24.0F;
  Ints axes;
  for (std::size_t i = 1; i < context.ShapeOf(scores).size(); ++i) {
    axes.push_back(static_cast<std::int64_t>(i));
  }
  const ValueId smallest =
      context.Node(ReduceMin{{.axes = axes, .keep_dims = true}}, {scores}, "smallest");
  const ValueId nothing = Plus(context, smallest, kBelow, "below");
  return context.Node(Select{}, {mask, scores, nothing}, "masked");
}

ValueId MaskedSoftmax(const LayerContext& context, ValueId scores,
                      std::optional<ValueId> mask) {
  const ValueId kept = mask.has_value() ? Masked(context, scores, *mask) : scores;
  return context.Node(Softmax{}, {kept}, "softmax");
}

namespace {

/// Whether there may be a row of which the mask leaves nothing.
bool MayLeaveNothing(const LayerContext& context, ValueId mask) {
  const auto& constant = context.graph()[mask].constant;
  if (constant == nullptr) return true;
  const auto bools = constant->Data<bool>();
  const auto width = static_cast<std::size_t>(constant->shape().back());
  for (std::size_t row = 0; row < bools.size(); row += width) {
    if (std::ranges::none_of(bools.subspan(row, width), std::identity())) return true;
  }
  return false;
}

}  // namespace

// Queries that share a key and a value are rows of one product.
Attended AttendedByHeads(const LayerContext& context, const AttentionOperands& operands,
                         const ScoreForm& form) {
  const Shape q = context.ShapeOf(operands.query);
  const Shape k = context.ShapeOf(operands.key);
  const std::int64_t groups = k[1];
  if (groups < 1 || q[1] % groups != 0) {
    context.Corrupt(fmt::format("{} heads in {} groups", q[1], groups));
  }
  const std::int64_t rows = q[1] / groups * q[2];
  const ValueId query =
      Reshaped(context, operands.query, {q[0], groups, rows, q[3]}, "queries/rows");
  const ValueId product =
      context.Node(BatchMatMul{.adj_y = true}, {query, operands.key}, "scores");
  ValueId scores = Reshaped(context, product, {q[0], q[1], q[2], k[2]}, "scores/heads");
  scores = Times(context, scores, form.factor, "scale");
  if (form.bias.has_value()) {
    scores = context.Node(Add{}, {scores, *form.bias}, "bias_add");
  }
  ValueId weights = MaskedSoftmax(context, scores, form.mask);
  if (form.zeroes_masked && form.mask && MayLeaveNothing(context, *form.mask)) {
    const ValueId zero = context.Scalar("nothing", 0);
    weights = context.Node(Select{}, {*form.mask, weights, zero}, "weights");
  }
  const ValueId mixed = context.Node(
      BatchMatMul{},
      {Reshaped(context, weights, {q[0], groups, rows, k[2]}, "weights/rows"),
       operands.value},
      "mix");
  const std::int64_t size = context.ShapeOf(operands.value).back();
  return {Reshaped(context, mixed, {q[0], q[1], q[2], size}, "mix/heads"), weights};
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
