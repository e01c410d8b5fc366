// The example model with one thing changed, written as a .keras file.
#pragma once

#include <hdf5.h>
#include <zip.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/file.h"
#include "import/archive.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {

inline KerasArchive ExampleArchive() {
  return ReadKerasArchive(ReadFile(KINGLET_SOURCE_DIR "/examples/model.keras"));
}

/// Members with empty content are left out.
inline void WriteArchive(const std::filesystem::path& path, const KerasArchive& archive) {
  std::filesystem::remove(path);
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  Check(zip != nullptr, "a zip file to write");
  const auto add = [zip](const char* name, const void* data, std::size_t size) {
    if (size == 0) return;
    zip_source_t* source = zip_source_buffer(zip, data, size, 0);
    zip_file_add(zip, name, source, ZIP_FL_OVERWRITE);
  };
  add("metadata.json", archive.metadata.data(), archive.metadata.size());
  add("config.json", archive.config.data(), archive.config.size());
  add("model.weights.h5", archive.weights.data(), archive.weights.size());
  Check(zip_close(zip) == 0, "a zip file written");
}

/// Changes config.json.
inline KerasArchive WithConfig(KerasArchive archive,
                               const std::function<void(nlohmann::json&)>& change) {
  nlohmann::json config = nlohmann::json::parse(archive.config);
  change(config);
  archive.config = config.dump();
  return archive;
}

/// The configuration of a layer, with its class and its name.
inline nlohmann::json& LayerNamed(nlohmann::json& config, const std::string& name) {
  for (nlohmann::json& layer : config["config"]["layers"]) {
    if (layer["config"]["name"] == name) return layer;
  }
  Check(false, "a layer of that name");
  return config;
}

/// Changes model.weights.h5, open for writing.
inline KerasArchive WithWeights(KerasArchive archive,
                                const std::function<void(hid_t file)>& change) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "weights.h5";
  WriteFile(path, archive.weights);
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  change(file);
  H5Fclose(file);
  archive.weights = ReadFile(path);
  return archive;
}

/// Overwrites all elements of a float dataset.
inline void FillDataset(hid_t file, const std::string& name, float value) {
  const hid_t dataset = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
  const hid_t space = H5Dget_space(dataset);
  const std::vector<float> values(
      static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)), value);
  H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Sclose(space);
  H5Dclose(dataset);
}

}  // namespace kinglet
