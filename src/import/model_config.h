// config.json of a .keras file, or `model_config` of an .h5 file, as a tree of layers,
// calls and edges: the same whichever Keras wrote it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/tensor.h"
#include "import/keras_json.h"

namespace kinglet {

/// One result of one call of a layer, or an array that is written into the file.
struct Edge {
  std::string layer;  ///< empty for an array
  std::size_t call = 0;
  std::size_t result = 0;
  std::shared_ptr<const Tensor> array = nullptr;
  bool operator==(const Edge&) const = default;
};

struct ModelConfig;

/// A call of a layer: the tensors it gets, in order, and all arguments as they were
/// passed. In `args` and `kwargs` a tensor is an object {"__input__": index of `inputs`}.
struct LayerCall {
  std::vector<Edge> inputs;
  Json args = Json::array();
  Json kwargs = Json::object();
};

struct LayerConfig {  // NOLINT(bugprone-exception-escape): the moves of Json don't throw
  std::string name;
  std::string class_name;  ///< without "package>"
  std::string module;      ///< empty for a class of the training script, and in .h5 files
  Json config;
  std::string path;  ///< of its variables in the weight store
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

/// Which Keras wrote a file: it decides how calls are numbered and what some names mean.
enum class KerasEra : std::uint8_t { kKeras2, kKeras3 };

/// From the object of the configuration. `path` is the model's own path in the weight
/// store, empty for the outermost.
/// @throws kCorrupt for an object that is no model; kUnsupported for a class of model
/// whose forward pass is Python code.
ModelConfig ParseModelConfig(const Json& object, const std::string& path, KerasEra era);

/// The layer that stands in the configuration of another: a wrapper's `layer`, an RNN's
/// `cell`. Its variables lie at `attribute` below the outer one's.
/// @throws kCorrupt when there is none.
LayerConfig InnerLayer(const LayerConfig& outer, const Json& object,
                       const std::string& attribute, KerasEra era);

/// Whether the layer is one of Keras 2 that stands for a function.
bool IsFunctionLayer(const LayerConfig& layer);

/// Keras' name of a class in a weights file: "Conv2DTranspose" is conv2d_transpose,
/// "ReLU" is re_lu.
std::string SnakeCase(const std::string& class_name);

/// Hands out the names of a container's items: the class in snake case, with _1, _2, ...
/// from the second of a class on.
class ItemNames {
 public:
  std::string Next(const std::string& class_name);

 private:
  std::map<std::string, int> used_;
};

}  // namespace kinglet
