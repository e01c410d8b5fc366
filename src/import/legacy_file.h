// A whole model in one HDF5 file, as `model.save("model.h5")` writes it.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.h"
#include "import/model_config.h"
#include "import/weight_store.h"

namespace kinglet {

/// "bidirectional/forward_gru/gru_cell/kernel:0" without ":0", split at the slashes.
struct LegacyWeight {
  std::vector<std::string> parts;
  Tensor tensor;
};

struct LegacyFile {
  std::string config;         ///< JSON
  std::string keras_version;  ///< "2.4.0"
  /// Weights of the layers of the outermost model, in the order of the file.
  std::map<std::string, std::vector<LegacyWeight>> layers;
};

/// @throws kCorrupt when the file is damaged; kUnsupported for weights alone and for
/// files of Keras 1.
LegacyFile ReadLegacyFile(std::span<const std::byte> bytes);

/// The weights at the paths that a .keras file of the same model has them: nothing behind
/// this function knows which of the two it was.
/// @throws kCorrupt when a weight of a nested model can't be told to belong to a layer.
WeightStore PlaceLegacyWeights(const LegacyFile& file, const ModelConfig& model,
                               KerasEra era);

}  // namespace kinglet
