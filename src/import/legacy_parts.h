// Layers that contain layers: which of their weights belong to which of those.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "import/legacy_file.h"

namespace kinglet {

/// Some of a layer's weights.
struct LegacyPart {
  std::string path;                  ///< below the layer's path; empty for its own
  std::optional<LayerConfig> inner;  ///< the layer they belong to, if it is a whole one
  std::vector<LegacyWeight> weights;
};

/// All weights of a layer that is no model, in the parts to which they belong.
std::vector<LegacyPart> LegacyPartsOf(const LayerConfig& layer,
                                      const std::vector<LegacyWeight>& weights,
                                      KerasEra era);

}  // namespace kinglet
