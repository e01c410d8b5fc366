// The content of a model file, whichever of Keras' formats it has.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "import/model_config.h"
#include "import/weight_store.h"

namespace kinglet {

struct KerasFile {
  KerasEra era = KerasEra::kKeras3;
  std::string keras_version;  ///< empty when the file doesn't say
  std::string date_saved;     ///< empty in .h5 files
  ModelConfig model;
  WeightStore weights;  ///< by the paths of the layers
  /// Why there is no model, where the configuration holds no layers: the weights are by
  /// the paths of the objects that own them.
  std::optional<std::string> refusal = {};
};

/// Reads a .keras file, one that was unzipped to a folder, or an .h5 file.
/// @throws kIo when it can't be read, kCorrupt when it is damaged, kUnsupported for what
/// is another kind of file.
KerasFile ReadKerasFile(const std::filesystem::path& path);

}  // namespace kinglet
