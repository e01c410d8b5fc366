#include "pipeline/model_file.h"

#include <array>
#include <fstream>

#include "base/file.h"
#include "emit/tflite_reader.h"
#include "kinglet/error.h"
#include "passes/passes.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;

std::uint64_t BytesOf(const fs::path& path) {
  if (!fs::is_directory(path)) return fs::file_size(path);
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

std::int64_t ConstantElements(const Graph& graph) {
  std::int64_t count = 0;
  for (const Value& value : graph.values) {
    if (value.constant != nullptr) count += ElementCount(value.shape);
  }
  return count;
}

ModelFile ReadTfliteModel(const fs::path& path) {
  const std::vector<std::byte> bytes = ReadFile(path);
  ModelFile file{
      .graph = WithContext(path.string(), [&] { return ReadTflite(bytes); }),
      .format = "TensorFlow Lite",
      .bytes = bytes.size(),
      .parameters = 0,
      .notes = {},
      .warnings = {},
      .layers = {},
  };
  file.parameters = ConstantElements(file.graph);
  return file;
}

ModelFile ReadKerasModel(const fs::path& path, const OptionsForInputs& options) {
  ImportedModel model = ImportKerasAsking(path, options);
  std::int64_t parameters = 0;
  for (const LayerInfo& layer : model.layers) parameters += layer.parameters;
  return {.graph = std::move(model.graph),
          .format = "Keras " + model.keras_version,
          .bytes = BytesOf(path),
          .parameters = parameters,
          .notes = std::move(model.notes),
          .warnings = std::move(model.warnings),
          .layers = std::move(model.layers)};
}

}  // namespace

bool IsTfliteFile(const fs::path& path) {
  constexpr std::size_t kIdentifierAt = 4;
  std::array<char, 8> head{};
  std::ifstream stream(path, std::ios::binary);
  stream.read(head.data(), head.size());
  return stream &&
         std::string_view(head.data(), head.size()).substr(kIdentifierAt) == "TFL3";
}

ModelFile ReadModelFile(const fs::path& path, const OptionsForInputs& options) {
  return IsTfliteFile(path) ? ReadTfliteModel(path) : ReadKerasModel(path, options);
}

Graph ReadRunnableModel(const fs::path& path, const OptionsForInputs& options) {
  ModelFile file = ReadModelFile(path, options);
  return IsTfliteFile(path) ? std::move(file.graph) : Optimize(file.graph);
}

}  // namespace kinglet
