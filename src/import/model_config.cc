// Layers of a model lie in the weights file at <model>/layers/<class in snake case>, with
// _1, _2, ... from the second of a class on. Operation nodes take no such name, nor does
// the InputLayer of a Sequential model.
#include "import/model_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "import/inbound_calls.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr std::size_t kMaxLayers = 100'000;

[[noreturn]] void FailConfig(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, "model configuration: " + what);
}

bool IsLower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool IsUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

std::string WithoutPackage(const std::string& name) {
  const std::size_t package = name.rfind('>');
  return package == std::string::npos ? name : name.substr(package + 1);
}

/// Of a node of keras.ops. Where the file leaves the module out, layers are told by their
/// key `trainable`, which only few leave out.
bool IsOperationNode(const Json& object, const std::string& class_name, KerasEra era) {
  const std::string module = TextAt(object, "module");
  if (module.starts_with("keras.src.ops.") || module.starts_with("keras.ops") ||
      module.starts_with("keras.src.activations")) {
    return true;
  }
  const Json& config = MemberOrNull(object, "config");
  const bool may_be = era == KerasEra::kKeras3 && !object.contains("module") &&
                      config.is_object() && !config.contains("trainable");
  return may_be && class_name != "InputLayer" && class_name != "Discretization" &&
         !class_name.starts_with("SpatialDropout");
}

bool IsModel(const Json& object) {
  return MemberOrNull(MemberOrNull(object, "config"), "layers").is_array();
}

/// `layers` of the configuration; a Sequential model's may be the configuration itself.
const Json& LayersOf(const Json& config) {
  return config.is_array() ? config : MemberOrNull(config, "layers");
}

LayerConfig LayerFrom(const Json& object, const std::set<std::string>& names,
                      KerasEra era) {
  if (!object.is_object()) FailConfig("a layer that is no object");
  LayerConfig layer;
  layer.class_name = WithoutPackage(TextAt(object, "class_name"));
  layer.module = TextAt(object, "module");
  layer.config = MemberOrNull(object, "config");
  layer.name = TextAt(layer.config, "name");
  if (layer.name.empty()) layer.name = TextAt(object, "name");
  if (layer.name.empty() || layer.class_name.empty())
    FailConfig("a layer without name or class");
  layer.is_operation = IsOperationNode(object, layer.class_name, era);
  const bool is_function = layer.is_operation || IsFunctionLayer(layer);
  layer.calls = ParseCalls(MemberOrNull(object, "inbound_nodes"), names,
                           is_function ? Callee::kFunction : Callee::kLayer);
  return layer;
}

/// Each layer is called once, on the result of the one before it.
void Chain(ModelConfig& model) {
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    LayerConfig& layer = model.layers[i];
    layer.calls = {LayerCall{}};
    if (i == 0) continue;
    layer.calls[0].inputs = {{model.layers[i - 1].name, 0, 0}};
    layer.calls[0].args = Json::array({Json{{kInputKey, 0}}});
  }
  if (model.layers.empty()) FailConfig("a Sequential model without layers");
  model.inputs = {{model.layers.front().name, 0, 0}};
  model.outputs = {{model.layers.back().name, 0, 0}};
}

/// The shape that a Sequential model without InputLayer was built with.
Json InputShapeOf(const Json& object, const Json& first) {
  const Json& config = MemberOrNull(object, "config");
  const Json& first_config = MemberOrNull(first, "config");
  for (const Json* shape :
       {&MemberOrNull(first_config, "batch_input_shape"),
        &MemberOrNull(config, "build_input_shape"),
        &MemberOrNull(MemberOrNull(object, "build_config"), "input_shape")}) {
    if (shape->is_array() && !shape->empty()) return *shape;
  }
  Json shape = MemberOrNull(first_config, "input_shape");
  if (shape.is_array()) shape.insert(shape.begin(), nullptr);
  return shape;
}

/// A Sequential model that states its input's shape but has no InputLayer gets one.
void AddMissingInput(ModelConfig& model, const Json& object) {
  if (model.layers.empty() || model.layers.front().class_name == "InputLayer") return;
  const Json& first = LayersOf(MemberOrNull(object, "config"))[0];
  const Json shape = InputShapeOf(object, first);
  if (!shape.is_array()) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("Sequential model '{}' has no input shape; call build() and "
                            "save it again",
                            model.name));
  }
  const std::string dtype =
      model.layers.front().class_name == "Embedding" ? "int32" : "float32";
  LayerConfig input;
  input.name = model.layers.front().name + "_input";
  input.class_name = "InputLayer";
  input.config = {{"name", input.name}, {"batch_shape", shape}, {"dtype", dtype}};
  model.layers.insert(model.layers.begin(), std::move(input));
}

/// A model's layers with their places in the weight store.
std::vector<LayerConfig> ParseLayers(const Json& entries, const std::string& path,
                                     bool is_sequential, KerasEra era) {
  if (entries.size() > kMaxLayers) FailConfig("too many layers");
  std::set<std::string> names;
  for (const Json& entry : entries) {
    names.insert(TextAt(MemberOrNull(entry, "config"), "name"));
    names.insert(TextAt(entry, "name"));
  }
  ItemNames items;
  std::vector<LayerConfig> layers;
  for (const Json& entry : entries) {
    LayerConfig layer = LayerFrom(entry, names, era);
    const bool is_unnamed =
        layer.is_operation || (is_sequential && layer.class_name == "InputLayer");
    if (!is_unnamed) {
      const std::string item = items.Next(layer.class_name);
      layer.path = fmt::format("{}layers/{}", path.empty() ? "" : path + "/", item);
    }
    if (IsModel(entry)) {
      layer.model =
          std::make_shared<ModelConfig>(ParseModelConfig(entry, layer.path, era));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

const LayerConfig* ModelConfig::Find(const std::string& layer) const {
  const auto found = std::ranges::find(layers, layer, &LayerConfig::name);
  return found == layers.end() ? nullptr : &*found;
}

std::string ItemNames::Next(const std::string& class_name) {
  // The one class that files call otherwise than the code does.
  const bool is_grouped = class_name == "GroupQueryAttention";
  const std::string name = SnakeCase(is_grouped ? "GroupedQueryAttention" : class_name);
  const int number = used_[name]++;
  return number == 0 ? name : fmt::format("{}_{}", name, number);
}

bool IsFunctionLayer(const LayerConfig& layer) {
  return layer.class_name == "TFOpLambda" || layer.class_name == "SlicingOpLambda";
}

std::string SnakeCase(const std::string& class_name) {
  std::string word;
  for (const char c : class_name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') word += c;
  }
  std::string snake;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool starts_word =
        IsUpper(word[i]) && i + 1 < word.size() && IsLower(word[i + 1]);
    const bool ends_word = i > 0 && IsLower(word[i - 1]) && IsUpper(word[i]);
    if (i > 0 && (starts_word || ends_word) && snake.back() != '_') snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(word[i])));
  }
  return snake;
}

LayerConfig InnerLayer(const LayerConfig& outer, const Json& object,
                       const std::string& attribute, KerasEra era) {
  LayerConfig layer = LayerFrom(object, {}, era);
  layer.is_operation = false;
  layer.path = outer.path + "/" + attribute;
  if (IsModel(object)) {
    layer.model =
        std::make_shared<ModelConfig>(ParseModelConfig(object, layer.path, era));
  }
  return layer;
}

ModelConfig ParseModelConfig(const Json& object, const std::string& path, KerasEra era) {
  const Json& config = MemberOrNull(object, "config");
  ModelConfig model;
  model.name = TextAt(config, "name");
  const std::string class_name = TextAt(object, "class_name");
  if (class_name.empty()) FailConfig("no model");
  const Json& layers = LayersOf(config);
  model.is_sequential = WithoutPackage(class_name) == "Sequential";
  const bool is_graph = MemberOrNull(config, "output_layers").is_structured();
  if (!layers.is_array() || (!model.is_sequential && !is_graph)) {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("model class '{}': its forward pass is Python code, which the "
                    "file doesn't hold; build it with keras.Model(inputs, outputs)",
                    class_name));
  }
  model.layers = ParseLayers(layers, path, model.is_sequential, era);
  if (model.is_sequential) {
    AddMissingInput(model, object);
    Chain(model);
    return model;
  }
  model.inputs = ParsePorts(MemberOrNull(config, "input_layers"));
  model.outputs = ParsePorts(MemberOrNull(config, "output_layers"));
  if (model.outputs.empty()) FailConfig("a model without outputs");
  CountCallsFromZero(model, era);
  return model;
}

}  // namespace kinglet
