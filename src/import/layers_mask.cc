// Masking, and which layers let a mask pass.
#include <algorithm>
#include <array>
#include <set>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/travelling_masks.h"

namespace kinglet {
namespace {

/// The steps [n,steps,1] in which any feature differs from the mask value.
ValueId Counts(const LayerContext& context, ValueId x) {
  const auto value = static_cast<float>(context.Number("mask_value", 0));
  const ValueId differs =
      context.Node(Relational{Relation::kNotEqual},
                   {x, context.Scalar("mask_value", value)}, "differs");
  const auto last = static_cast<std::int64_t>(context.ShapeOf(x).size()) - 1;
  return AnyOver(context, differs, {last}, "counts");
}

std::vector<ValueId> BuildMasking(const LayerContext& context) {
  const ValueId x = context.Input();
  return {context.Node(Select{}, {Counts(context, x), x, context.Scalar("nothing", 0)})};
}

/// Layers whose output has the steps of their input. All others lose the mask.
bool KeepsMasks(const LayerConfig& layer) {
  static const std::set<std::string> kClasses = {"Activation",
                                                 "ActivityRegularization",
                                                 "Add",
                                                 "AdditiveAttention",
                                                 "AlphaDropout",
                                                 "Attention",
                                                 "Average",
                                                 "BatchNormalization",
                                                 "Bidirectional",
                                                 "Concatenate",
                                                 "Dense",
                                                 "Dropout",
                                                 "ELU",
                                                 "GRU",
                                                 "GaussianDropout",
                                                 "GaussianNoise",
                                                 "GroupNormalization",
                                                 "GroupQueryAttention",
                                                 "Identity",
                                                 "LSTM",
                                                 "LayerNormalization",
                                                 "LeakyReLU",
                                                 "Masking",
                                                 "Maximum",
                                                 "Minimum",
                                                 "MultiHeadAttention",
                                                 "Multiply",
                                                 "Normalization",
                                                 "PReLU",
                                                 "RNN",
                                                 "ReLU",
                                                 "Rescaling",
                                                 "SimpleRNN",
                                                 "Softmax",
                                                 "SpatialDropout1D",
                                                 "SpatialDropout2D",
                                                 "Subtract",
                                                 "TimeDistributed",
                                                 "UnitNormalization"};
  const Json& inner = MemberOrNull(MemberOrNull(layer.config, "layer"), "config");
  const bool ends = MemberOrNull(layer.config, "return_sequences") == false ||
                    MemberOrNull(inner, "return_sequences") == false;
  return kClasses.contains(layer.class_name) && !ends;
}

bool IsMerge(const LayerConfig& layer) {
  constexpr std::array<std::string_view, 6> kClasses = {
      "Add", "Subtract", "Average", "Maximum", "Minimum", "Multiply"};
  return std::ranges::find(kClasses, layer.class_name) != kClasses.end();
}

/// The mask that the layer makes itself.
std::optional<ValueId> MadeMask(const LayerContext& context) {
  const std::string& class_name = context.layer().class_name;
  if (class_name == "Masking") {
    const ValueId counts = Counts(context, context.Input());
    Shape steps = context.ShapeOf(counts);
    steps.pop_back();
    return Reshaped(context, counts, steps, "mask");
  }
  if (class_name != "Embedding" || !context.Flag("mask_zero", false)) {
    return std::nullopt;
  }
  const ValueId ids = context.Input();
  const ValueId zero = context.Constant("zero", Tensor(context.graph()[ids].dtype, {}));
  return context.Node(Relational{Relation::kNotEqual}, {ids, zero}, "mask");
}

/// The mask of merged tensors: in Keras 3 a step counts where it does in any, and there
/// is none unless all have one; in Keras 2 where it does in all that have one.
std::optional<ValueId> MergedMask(const LayerContext& context) {
  std::vector<ValueId> masks;
  for (const ValueId input : context.inputs()) {
    const std::optional<ValueId> mask = context.MaskOf(input);
    if (mask.has_value()) masks.push_back(*mask);
  }
  const bool has_all = masks.size() == context.inputs().size();
  if (masks.empty() || (!context.IsKeras2() && !has_all)) return std::nullopt;
  ValueId merged = masks[0];
  for (std::size_t i = 1; i < masks.size(); ++i) {
    if (masks[i] == merged) continue;
    const Op op = context.IsKeras2() ? Op(LogicalAnd{}) : Op(LogicalOr{});
    merged = context.Node(op, {merged, masks[i]}, "mask");
  }
  return merged;
}

}  // namespace

std::vector<ValueId> WithoutOldMask(const LayerContext& context,
                                    std::vector<ValueId> results) {
  if (results.empty() || KeepsMasks(context.layer())) return results;
  const auto& inputs = context.inputs();
  const bool is_input = std::ranges::find(inputs, results[0]) != inputs.end();
  if (is_input && context.state().masks.contains(results[0])) {
    results[0] = context.Node(Reshape{context.ShapeOf(results[0])}, {results[0]});
  }
  return results;
}

void PassMaskOn(const LayerContext& context, const std::vector<ValueId>& results) {
  if (results.empty() || context.inputs().empty()) return;
  auto& masks = context.state().masks;
  const bool keeps = KeepsMasks(context.layer());
  const bool has_any = std::ranges::any_of(
      context.inputs(), [&](ValueId input) { return masks.contains(input); });
  if (context.layer().class_name == "Concatenate" && has_any) {
    masks.insert_or_assign(results[0], std::nullopt);
    return;
  }
  std::optional<ValueId> mask = MadeMask(context);
  if (!mask.has_value() && keeps && has_any) {
    const auto first = masks.find(context.inputs()[0]);
    const bool is_unknown = first != masks.end() && !first->second.has_value();
    if (is_unknown) {
      masks.insert_or_assign(results[0], std::nullopt);
      return;
    }
    mask = IsMerge(context.layer()) ? MergedMask(context)
                                    : context.MaskOf(context.inputs()[0]);
  }
  if (mask.has_value()) masks.insert_or_assign(results[0], mask);
}

const std::vector<LayerRow>& MaskLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Masking", BuildMasking, "EQUAL, REDUCE_ALL, SELECT_V2", {"mask_value"}},
  };
  return kRows;
}

}  // namespace kinglet
