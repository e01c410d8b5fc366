// A Keras model file as a float graph.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "kinglet/options.h"

namespace kinglet {

/// A layer as the file has it.
struct LayerInfo {
  std::string name;
  std::string class_name;
  Shape output_shape;           ///< of its first call's first result
  std::int64_t parameters = 0;  ///< elements of the variables below its path
};

struct ImportedModel {
  Graph graph;  ///< batch 1; inputs under Keras' names, outputs output_0, output_1, ...
  std::string keras_version;
  std::vector<LayerInfo> layers;      ///< of the outermost model
  std::vector<std::string> notes;     ///< decisions taken
  std::vector<std::string> warnings;  ///< NaN in a weight and the like
};

/// Reads a .keras file, or an unzipped one. Every variable is bound by its path with
/// count and shape checked, and none may be left over.
/// @throws kIo when it can't be read, kCorrupt when it is damaged or its weights don't
/// fit its configuration, kUnsupported "layer 'NAME' (CLASS): REASON" for what has no
/// representation.
ImportedModel ImportKeras(const std::filesystem::path& path,
                          const ImportOptions& options);

}  // namespace kinglet
