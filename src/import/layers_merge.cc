// Layers that join tensors. Inputs of lower rank get axes of size 1 after the batch.
#include <fmt/format.h>

#include <algorithm>

#include "import/building_blocks.h"
#include "import/einsum.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

/// `id` with axes of size 1 right after the batch until it has `rank` axes.
ValueId WithRank(const LayerContext& context, ValueId id, std::size_t rank) {
  Shape shape = context.ShapeOf(id);
  shape.insert(shape.begin() + 1, rank - shape.size(), 1);
  return Reshaped(context, id, shape, "expand");
}

std::vector<ValueId> OfEqualRank(const LayerContext& context) {
  if (context.inputs().size() < 2) context.Refuse("fewer than two inputs");
  std::size_t rank = 0;
  for (const ValueId id : context.inputs()) {
    rank = std::max(rank, context.ShapeOf(id).size());
  }
  std::vector<ValueId> inputs;
  for (const ValueId id : context.inputs()) {
    inputs.push_back(WithRank(context, id, rank));
  }
  return inputs;
}

/// The first with the second, the result with the third, and so on.
ValueId Folded(const LayerContext& context, const Op& op, const std::string& suffix) {
  const std::vector<ValueId> inputs = OfEqualRank(context);
  ValueId result = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const bool is_last = i + 1 == inputs.size();
    result = context.Node(op, {result, inputs[i]},
                          is_last ? suffix : fmt::format("partial_{}", i));
  }
  return result;
}

template <typename Typed>
std::vector<ValueId> BuildFold(const LayerContext& context) {
  return {Folded(context, Typed{}, "")};
}

/// The masks [n,steps,1] of the inputs, in Keras 3, where these layers heed them.
std::vector<std::optional<ValueId>> MasksOfSteps(const LayerContext& context) {
  std::vector<std::optional<ValueId>> masks;
  for (const ValueId input : context.inputs()) {
    auto mask = context.IsKeras2() ? std::nullopt : context.MaskOf(input);
    if (mask.has_value()) {
      Shape shape = context.ShapeOf(*mask);
      shape.push_back(1);
      mask = Reshaped(context, *mask, shape, "mask_of_steps");
    }
    masks.push_back(mask);
  }
  return masks;
}

bool HasAny(const std::vector<std::optional<ValueId>>& masks) {
  return std::ranges::any_of(masks, [](const auto& mask) { return mask.has_value(); });
}

/// A step that doesn't count in an operand takes what the others have so far.
template <typename Typed>
std::vector<ValueId> BuildExtreme(const LayerContext& context) {
  const auto masks = MasksOfSteps(context);
  if (!HasAny(masks)) return BuildFold<Typed>(context);
  ValueId result = context.inputs()[0];
  std::optional<ValueId> seen = masks[0];
  for (std::size_t i = 1; i < masks.size(); ++i) {
    ValueId x = context.inputs()[i];
    if (masks[i].has_value()) x = context.Node(Select{}, {*masks[i], x, result}, "given");
    if (seen.has_value()) result = context.Node(Select{}, {*seen, result, x}, "so_far");
    const bool have_both = seen.has_value() && masks[i].has_value();
    seen = have_both
               ? std::optional(context.Node(LogicalOr{}, {*seen, *masks[i]}, "either"))
               : std::nullopt;
    const bool is_last = i + 1 == masks.size();
    result =
        context.Node(Typed{}, {result, x}, is_last ? "" : fmt::format("partial_{}", i));
  }
  return {result};
}

/// A step that doesn't count is a factor of one, and zero where it counts in no operand
/// and all have a mask.
std::vector<ValueId> BuildMultiply(const LayerContext& context) {
  const auto masks = MasksOfSteps(context);
  if (!HasAny(masks)) return BuildFold<Mul>(context);
  std::optional<ValueId> product;
  std::optional<ValueId> counts;
  bool have_all = true;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    ValueId x = context.inputs()[i];
    have_all = have_all && masks[i].has_value();
    if (masks[i].has_value()) {
      x = context.Node(Select{}, {*masks[i], x, context.Scalar("one", 1)}, "factor");
      counts = counts.has_value()
                   ? context.Node(LogicalOr{}, {*counts, *masks[i]}, "either")
                   : *masks[i];
    }
    product = product.has_value() ? context.Node(Mul{}, {*product, x}, "product") : x;
  }
  if (!have_all) return {*product};
  return {context.Node(Select{}, {*counts, *product, context.Scalar("nothing", 0)})};
}

std::vector<ValueId> BuildSubtract(const LayerContext& context) {
  if (context.inputs().size() != 2) context.Corrupt("not two inputs");
  return BuildFold<Sub>(context);
}

std::vector<ValueId> BuildAverage(const LayerContext& context) {
  const ValueId sum = Folded(context, Add{}, "sum");
  return {Times(context, sum, 1.0F / static_cast<float>(context.inputs().size()), "")};
}

std::vector<ValueId> BuildConcatenate(const LayerContext& context) {
  if (context.inputs().empty()) context.Corrupt("a call without inputs");
  const std::size_t rank = context.ShapeOf(context.inputs()[0]).size();
  const std::int64_t axis = AxisOf(context, context.Int("axis", -1), rank);
  if (axis == 0) context.Refuse("along the axis of the batch");
  if (context.inputs().size() == 1) return {context.inputs()[0]};
  return {context.Node(Concatenation{axis}, context.inputs())};
}

/// The axes along which the two inputs are multiplied and summed.
std::pair<std::int64_t, std::int64_t> DotAxes(const LayerContext& context) {
  const Json& axes = context.Entry("axes");
  const std::size_t x = context.ShapeOf(context.inputs()[0]).size();
  const std::size_t y = context.ShapeOf(context.inputs()[1]).size();
  const bool is_pair = axes.is_array() && axes.size() == 2;
  const Json& first = is_pair ? axes[0] : axes;
  const Json& second = is_pair ? axes[1] : axes;
  if (!first.is_number_integer() || !second.is_number_integer()) {
    context.Corrupt("'axes' holds no integers");
  }
  return {AxisOf(context, first.get<std::int64_t>(), x),
          AxisOf(context, second.get<std::int64_t>(), y)};
}

std::vector<ValueId> BuildDot(const LayerContext& context) {
  if (context.inputs().size() != 2) context.Corrupt("not two inputs");
  ValueId x = context.inputs()[0];
  ValueId y = context.inputs()[1];
  const auto [x_axis, y_axis] = DotAxes(context);
  if (x_axis == 0 || y_axis == 0) context.Refuse("along the axis of the batch");
  if (context.Flag("normalize", false)) {
    constexpr double kSmallest = 1e-14;
    x = DividedByNorm(context, x, {x_axis}, kSmallest, "first");
    y = DividedByNorm(context, y, {y_axis}, kSmallest, "second");
  }
  EinsumSpec spec{.inputs = {"n", "n"}, .output = "n"};
  char letter = 'a';
  for (std::size_t i = 1; i < context.ShapeOf(x).size(); ++i) {
    const bool is_summed = static_cast<std::int64_t>(i) == x_axis;
    spec.inputs[0] += is_summed ? 'z' : letter;
    if (!is_summed) spec.output += letter++;
  }
  for (std::size_t i = 1; i < context.ShapeOf(y).size(); ++i) {
    const bool is_summed = static_cast<std::int64_t>(i) == y_axis;
    spec.inputs[1] += is_summed ? 'z' : letter;
    if (!is_summed) spec.output += letter++;
  }
  const ValueId dot = EinsumOfTwo(context, spec, x, y, "");
  if (spec.output.size() > 1) return {dot};
  return {Reshaped(context, dot, {context.ShapeOf(dot)[0], 1}, "expand")};
}

}  // namespace

const std::vector<LayerRow>& MergeLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Add", BuildFold<Add>, "ADD", {}},
      {"Subtract", BuildSubtract, "SUB", {}},
      {"Multiply", BuildMultiply, "MUL; SELECT_V2 for masks", {}},
      {"Average", BuildAverage, "ADD, MUL", {}},
      {"Maximum", BuildExtreme<Maximum>, "MAXIMUM; SELECT_V2 for masks", {}},
      {"Minimum", BuildExtreme<Minimum>, "MINIMUM; SELECT_V2 for masks", {}},
      {"Concatenate", BuildConcatenate, "CONCATENATION", {"axis"}},
      {"Dot",
       BuildDot,
       "BATCH_MATMUL, with normalize after L2_NORMALIZATION",
       {"axes", "normalize"}},
  };
  return kRows;
}

}  // namespace kinglet
