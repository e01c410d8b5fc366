// config.json of a .keras file as a tree of layers, calls and edges.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "import/keras_json.h"

namespace kinglet {

/// One result of one call of a layer.
struct Edge {
  std::string layer;
  std::size_t call = 0;
  std::size_t result = 0;
  bool operator==(const Edge&) const = default;
};

struct ModelConfig;

/// A call of a layer: the tensors it gets, in order, and what else was passed.
struct LayerCall {
  std::vector<Edge> inputs;
  Json args;
  Json kwargs;
};

struct LayerConfig {
  std::string name;
  std::string class_name;  ///< without "package>"
  std::string module;      ///< empty for a class of the training script
  Json config;
  std::string path;  ///< of its variables in the weights file
  std::vector<LayerCall> calls;
  std::shared_ptr<const ModelConfig> model;  ///< set when the layer is itself a model
  bool is_operation = false;                 ///< a node of keras.ops, not a layer
};

struct ModelConfig {
  std::string name;
  bool is_sequential = false;
  std::vector<LayerConfig> layers;
  std::vector<Edge> inputs;
  std::vector<Edge> outputs;

  /// Null when there is none.
  [[nodiscard]] const LayerConfig* Find(const std::string& layer) const;
};

/// From the object of config.json. `path` is the model's own path in the weights file,
/// empty for the outermost.
/// @throws kCorrupt for an object that is no model; kUnsupported for a class of model
/// whose forward pass is Python code.
ModelConfig ParseModelConfig(const Json& object, const std::string& path);

/// Keras' name of a class in a weights file: "Conv2DTranspose" is conv2d_transpose,
/// "ReLU" is re_lu.
std::string SnakeCase(const std::string& class_name);

}  // namespace kinglet
