#include "import/layer_table.h"

#include <algorithm>
#include <map>

namespace kinglet {

std::vector<LayerRow> SupportedLayers() {
  std::vector<LayerRow> all;
  for (const auto* rows : {&ConvolutionLayers(), &ActivationLayers(), &MergeLayers(),
                           &PoolingLayers(), &ShapeLayers(), &BirdLayers()}) {
    all.insert(all.end(), rows->begin(), rows->end());
  }
  std::ranges::sort(all, {}, &LayerRow::class_name);
  return all;
}

const LayerRow* FindLayer(const std::string& class_name) {
  static const std::vector<LayerRow> kAll = SupportedLayers();
  const auto row = std::ranges::lower_bound(kAll, class_name, {}, &LayerRow::class_name);
  return row != kAll.end() && row->class_name == class_name ? &*row : nullptr;
}

const std::vector<RefusedLayer>& RefusedLayers() {
  static const std::vector<RefusedLayer> kRefused = {
      {"Lambda", "Python code can't be read from a file; replace it by a layer"},
  };
  return kRefused;
}

}  // namespace kinglet
