// A Keras model file as a float graph.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "kinglet/options.h"

namespace kinglet {

/// A layer as the file has it.
struct LayerInfo {
  std::string name;
  std::string class_name;
  Shape output_shape;           ///< of its first call's first result; empty if unknown
  std::int64_t parameters = 0;  ///< elements of the variables below its path
  /// Names of the values that its calls give, in order.
  std::vector<std::string> results = {};
};

/// An input as the file has it.
struct InputInfo {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;  ///< batch 1; -1 for an axis whose size is free
};

struct ImportedModel {
  Graph graph;  ///< batch 1; inputs under Keras' names, outputs output_0, output_1, ...
  std::string keras_version;
  std::vector<LayerInfo> layers;      ///< of the outermost model
  std::vector<std::string> notes;     ///< decisions taken
  std::vector<std::string> warnings;  ///< NaN in a weight and the like
};

/// What a file holds, also one that can't be converted.
struct KerasListing {
  ImportedModel model;  ///< of a refused model the part that was built
  std::vector<InputInfo> inputs;
  std::optional<std::string> refusal;  ///< why ImportKeras refuses it, if it does
};

/// Reads a .keras file, one that was unzipped, or a whole model in an .h5 file. Every
/// variable is bound by its path with count and shape checked, and none may be left over.
/// @throws kIo when it can't be read, kCorrupt when it is damaged or its weights don't
/// fit its configuration, kUnsupported "layer 'NAME' (CLASS): REASON" for what has no
/// representation.
ImportedModel ImportKeras(const std::filesystem::path& path,
                          const ImportOptions& options);

/// What a caller decides once it knows the inputs.
using OptionsForInputs = std::function<ImportOptions(const std::vector<InputInfo>&)>;

/// The same; `options` is asked between reading the file and building its model.
ImportedModel ImportKerasAsking(const std::filesystem::path& path,
                                const OptionsForInputs& options);

/// The layers of a model, also of one that is refused for one of them; the owners of the
/// variables where the file holds no layers.
/// @throws kIo, kCorrupt as ImportKeras; kUnsupported for other kinds of files.
KerasListing ListKerasLayers(const std::filesystem::path& path,
                             const ImportOptions& options);

}  // namespace kinglet
