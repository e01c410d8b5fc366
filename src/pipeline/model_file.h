// A model file of any kind as a graph that can be run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "import/keras_import.h"
#include "ir/graph.h"
#include "kinglet/options.h"

namespace kinglet {

struct ModelFile {
  Graph graph;         ///< as the file has it
  std::string format;  ///< "Keras 3.10.0", "TensorFlow Lite"
  std::uint64_t bytes = 0;
  std::int64_t parameters = 0;
  std::vector<std::string> notes;     ///< decisions taken while reading
  std::vector<std::string> warnings;  ///< what the user should look at
  std::vector<LayerInfo> layers;      ///< of a Keras model
};

/// True when the content is that of a .tflite file, whatever its name.
bool IsTfliteFile(const std::filesystem::path& path);

/// Reads a Keras or .tflite file, told apart by content; of a Keras file `options` is
/// asked what to do with its inputs.
/// @throws kIo, kCorrupt, kUnsupported; the message names the file.
ModelFile ReadModelFile(const std::filesystem::path& path,
                        const OptionsForInputs& options);

/// The same as a graph to run: of a Keras file the optimized one.
Graph ReadRunnableModel(const std::filesystem::path& path,
                        const OptionsForInputs& options);

}  // namespace kinglet
