// Root attributes: model_config, keras_version. Group model_weights: attribute
// layer_names, a group per layer with attribute weight_names, each of which is the path
// of a dataset inside that group.
#include "import/legacy_file.h"

#include <fmt/format.h>

#include "import/hdf5_file.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

std::vector<std::string> PartsOf(std::string name) {
  if (name.ends_with(":0")) name.resize(name.size() - 2);
  std::vector<std::string> parts = {""};
  for (const char c : name) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<LegacyWeight> ReadWeights(const Hdf5Group& group) {
  std::vector<LegacyWeight> weights;
  const auto names = group.Texts("weight_names");
  if (!names.has_value()) return weights;
  for (const std::string& name : *names) {
    weights.push_back({PartsOf(name), group.Read(name)});
  }
  return weights;
}

void CheckTopLevel(const Hdf5Group& weights) {
  const auto group = weights.Find("top_level_model_weights");
  if (!group.has_value() ||
      group->Texts("weight_names").value_or(std::vector<std::string>()).empty()) {
    return;
  }
  throw Error(ErrorKind::kUnsupported,
              "the model itself has weights, outside of its layers; what it does with "
              "them is Python code");
}

}  // namespace

LegacyFile ReadLegacyFile(std::span<const std::byte> bytes) {
  const Hdf5Group root = Hdf5Group::OfFile(bytes, "HDF5 file");
  const auto config = root.Text("model_config");
  if (!config.has_value()) {
    throw Error(ErrorKind::kUnsupported,
                "weights without the model's configuration; save the whole model, with "
                "model.save(\"model.keras\")");
  }
  const auto version = root.Text("keras_version");
  if (!version.has_value() || version->starts_with("1.")) {
    throw Error(ErrorKind::kUnsupported,
                "a file of Keras 1; load it with Keras 2 and save it again");
  }
  LegacyFile file{.config = *config, .keras_version = *version, .layers = {}};
  const auto weights = root.Find("model_weights");
  const auto names = weights.has_value() ? weights->Texts("layer_names") : std::nullopt;
  if (!names.has_value()) {
    throw Error(ErrorKind::kCorrupt, "no model_weights with layer_names");
  }
  CheckTopLevel(*weights);
  for (const std::string& name : *names) {
    const auto group = weights->Find(name);
    if (!group.has_value()) {
      throw Error(ErrorKind::kCorrupt, fmt::format("no weights of layer '{}'", name));
    }
    file.layers.emplace(name, ReadWeights(*group));
  }
  return file;
}

}  // namespace kinglet
