// Layers around another layer.
#include <algorithm>
#include <array>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/model_builder.h"

namespace kinglet {
namespace {

LayerConfig WrappedLayer(const LayerContext& context) {
  return InnerLayer(context.layer(), context.Entry("layer"), "layer",
                    context.state().file.era);
}

/// Layers for which one more axis in front makes no difference.
bool TakesAnyRank(const LayerConfig& layer) {
  constexpr std::array<std::string_view, 6> kClasses = {
      "Dense", "ReLU", "LeakyReLU", "Dropout", "Rescaling", "Identity"};
  return std::ranges::find(kClasses, layer.class_name) != kClasses.end();
}

/// The steps become the batch of the inner layer.
std::vector<ValueId> BuildTimeDistributed(const LayerContext& context) {
  const LayerConfig inner = WrappedLayer(context);
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  if (in.size() < 3) context.Refuse("an input without an axis of steps");
  const LayerRow* row = FindLayer(inner.class_name);
  const bool has_mask = !MemberOrNull(context.call().kwargs, "mask").is_null() ||
                        context.MaskOf(x).has_value();
  if (has_mask && row != nullptr && row->mask == MaskUse::kUsed) {
    context.Refuse("called with a mask");
  }
  if (TakesAnyRank(inner)) return BuildInner(context, inner, {x});
  Shape merged(in.begin() + 1, in.end());
  merged[0] = in[0] * in[1];
  const ValueId batch = Reshaped(context, x, merged, "merge");
  std::vector<ValueId> results = BuildInner(context, inner, {batch});
  for (ValueId& result : results) {
    Shape apart = context.ShapeOf(result);
    apart[0] = in[1];
    apart.insert(apart.begin(), in[0]);
    result = Reshaped(context, result, apart, "split");
  }
  return results;
}

/// The stored kernel is the normalized one.
std::vector<ValueId> BuildSpectralNormalization(const LayerContext& context) {
  context.Ignore("");
  return BuildInner(context, WrappedLayer(context), context.inputs());
}

}  // namespace

const std::vector<LayerRow>& WrapperLayers() {
  static const std::vector<LayerRow> kRows = {
      {"TimeDistributed", BuildTimeDistributed, "the layer, between RESHAPEs", {"layer"}},
      {"SpectralNormalization",
       BuildSpectralNormalization,
       "the layer",
       {"layer", "power_iterations"}},
  };
  return kRows;
}

}  // namespace kinglet
