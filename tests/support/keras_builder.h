// Small models as Keras saves them.
#pragma once

#include <hdf5.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "import/archive.h"
#include "tests/support/edited_model.h"

namespace kinglet {

/// Writes model.weights.h5.
class WeightsBuilder {
 public:
  WeightsBuilder()
      : path_(folder_.path() / "weights.h5"),
        file_(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {}
  WeightsBuilder(const WeightsBuilder&) = delete;
  WeightsBuilder& operator=(const WeightsBuilder&) = delete;
  ~WeightsBuilder() { H5Fclose(file_); }

  [[nodiscard]] hid_t file() const { return file_; }

  /// A dataset of the stored type, its groups made as needed.
  WeightsBuilder& Add(const std::string& path, const std::vector<hsize_t>& shape,
                      const std::vector<double>& values,
                      hid_t stored_type = H5T_IEEE_F32LE) {
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t space =
        H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t dataset = H5Dcreate2(file_, path.c_str(), stored_type, space, links,
                                     H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(links);
    return *this;
  }

  /// The layer's name, as files since Keras 3.6 have it at each group of variables.
  WeightsBuilder& Name(const std::string& group, const std::string& name) {
    const hid_t object = H5Gopen2(file_, group.c_str(), H5P_DEFAULT);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, name.size());
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute =
        H5Acreate2(object, "name", type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, name.data());
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    H5Gclose(object);
    return *this;
  }

  [[nodiscard]] std::vector<std::byte> Bytes() const {
    H5Fflush(file_, H5F_SCOPE_GLOBAL);
    return ReadFile(path_);
  }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
  hid_t file_;
};

/// One layer of a Functional model: each name in `inputs` is a layer, by its first
/// result.
struct BuiltLayer {
  std::string class_name;
  std::string name;
  nlohmann::json config = nlohmann::json::object();
  std::vector<std::string> inputs = {};
  std::string module = "keras.layers";
};

inline nlohmann::json TensorReference(const std::string& layer) {
  return {{"class_name", "__keras_tensor__"},
          {"config", {{"keras_history", {layer, 0, 0}}}}};
}

inline nlohmann::json LayerJson(const BuiltLayer& layer) {
  nlohmann::json config = layer.config;
  config["name"] = layer.name;
  nlohmann::json calls = nlohmann::json::array();
  if (!layer.inputs.empty()) {
    nlohmann::json tensors = nlohmann::json::array();
    for (const std::string& input : layer.inputs) {
      tensors.push_back(TensorReference(input));
    }
    const bool is_one = tensors.size() == 1;
    calls.push_back({{"args", {is_one ? tensors[0] : tensors}},
                     {"kwargs", nlohmann::json::object()}});
  }
  return {{"module", layer.module},
          {"class_name", layer.class_name},
          {"config", config},
          {"name", layer.name},
          {"inbound_nodes", calls}};
}

/// config.json of a Functional model.
inline std::string FunctionalJson(const std::vector<BuiltLayer>& layers,
                                  const std::vector<std::string>& inputs,
                                  const std::vector<std::string>& outputs) {
  nlohmann::json entries = nlohmann::json::array();
  for (const BuiltLayer& layer : layers) entries.push_back(LayerJson(layer));
  const auto ports = [](const std::vector<std::string>& names) {
    nlohmann::json list = nlohmann::json::array();
    for (const std::string& name : names) list.push_back({name, 0, 0});
    return list;
  };
  return nlohmann::json{{"module", "keras.src.models.functional"},
                        {"class_name", "Functional"},
                        {"config",
                         {{"name", "model"},
                          {"layers", entries},
                          {"input_layers", ports(inputs)},
                          {"output_layers", ports(outputs)}}}}
      .dump();
}

/// An InputLayer named "x" of this shape without batch.
inline BuiltLayer InputOf(const std::vector<std::int64_t>& shape,
                          const std::string& name = "x") {
  nlohmann::json batch_shape = nlohmann::json::array({nullptr});
  for (const std::int64_t size : shape) batch_shape.push_back(size);
  return {"InputLayer", name, {{"batch_shape", batch_shape}, {"dtype", "float32"}}};
}

constexpr const char* kBuilderMetadata =
    R"({"keras_version": "3.10.0", "date_saved": "2025-06-01@10:00:00"})";

}  // namespace kinglet
