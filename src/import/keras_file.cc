#include "import/keras_file.h"

#include "base/file.h"
#include "import/archive.h"
#include "import/hdf5_file.h"
#include "import/legacy_file.h"
#include "import/weight_paths.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

KerasEra EraOf(const std::string& version) {
  return version.starts_with("2.") ? KerasEra::kKeras2 : KerasEra::kKeras3;
}

KerasFile FromArchive(const KerasArchive& archive) {
  const Json metadata = archive.metadata.empty()
                            ? Json::object()
                            : ParseKerasJson(archive.metadata, "metadata.json");
  KerasFile file;
  file.keras_version = TextAt(metadata, "keras_version");
  file.date_saved = TextAt(metadata, "date_saved");
  file.era = EraOf(file.keras_version);
  const Json config = ParseKerasJson(archive.config, "config.json");
  file.weights = ReadWeightStore(archive.weights);
  try {
    file.model = ParseModelConfig(config, "", file.era);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnsupported) throw;
    file.refusal = error.what();
    return file;
  }
  file.weights = AtLayerPaths(file.weights, file.model);
  return file;
}

KerasFile FromLegacy(std::span<const std::byte> bytes) {
  const LegacyFile legacy = ReadLegacyFile(bytes);
  KerasFile file;
  file.keras_version = legacy.keras_version;
  file.era = EraOf(file.keras_version);
  file.model =
      ParseModelConfig(ParseKerasJson(legacy.config, "model_config"), "", file.era);
  file.weights = PlaceLegacyWeights(legacy, file.model, file.era);
  return file;
}

}  // namespace

KerasFile ReadKerasFile(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return FromArchive(ReadKerasFolder(path));
  const std::vector<std::byte> bytes = ReadFile(path);
  return IsHdf5(bytes) ? FromLegacy(bytes) : FromArchive(ReadKerasArchive(bytes));
}

}  // namespace kinglet
