// Layers of a model lie in the weights file at <model>/layers/<class in snake case>, with
// _1, _2, ... from the second of a class on. Operation nodes take no such name, nor does
// the InputLayer of a Sequential model.
#include "import/model_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr std::size_t kMaxLayers = 100'000;

[[noreturn]] void Fail(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, "config.json: " + what);
}

bool IsLower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool IsUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

std::string WithoutPackage(const std::string& name) {
  const std::size_t package = name.rfind('>');
  return package == std::string::npos ? name : name.substr(package + 1);
}

bool IsOperationNode(const std::string& module) {
  return module.starts_with("keras.src.ops.") || module.starts_with("keras.ops") ||
         module.starts_with("keras.src.activations");
}

bool IsModel(const Json& object) {
  const Json& config = MemberOrNull(object, "config");
  return MemberOrNull(config, "layers").is_array();
}

/// [name, call, result]
bool IsEdgeTriple(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0].is_string() &&
         json[1].is_number_integer() && json[2].is_number_integer();
}

Edge EdgeFrom(const Json& triple) {
  if (!IsEdgeTriple(triple)) Fail("an edge that is no [layer, call, result]");
  const auto call = triple[1].get<std::int64_t>();
  const auto result = triple[2].get<std::int64_t>();
  if (call < 0 || result < 0) Fail("an edge with a negative index");
  return {triple[0].get<std::string>(), static_cast<std::size_t>(call),
          static_cast<std::size_t>(result)};
}

/// Appends the tensors of a call's arguments in the order in which they stand.
void CollectEdges(const Json& json, std::vector<Edge>& edges) {
  if (json.is_object() && TextAt(json, "class_name") == "__keras_tensor__") {
    edges.push_back(
        EdgeFrom(MemberOrNull(MemberOrNull(json, "config"), "keras_history")));
    return;
  }
  if (!json.is_structured()) return;
  for (const auto& [key, member] : json.items()) CollectEdges(member, edges);
}

/// A single triple, a list of them, or an object of them, flattened in the order of
/// Keras: an object's by sorted key.
void CollectPorts(const Json& json, std::vector<Edge>& edges) {
  if (IsEdgeTriple(json)) {
    edges.push_back(EdgeFrom(json));
    return;
  }
  if (!json.is_structured()) return;
  for (const auto& [key, member] : json.items()) CollectPorts(member, edges);
}

std::vector<LayerCall> CallsFrom(const Json& inbound) {
  std::vector<LayerCall> calls;
  if (!inbound.is_array()) return calls;
  for (const Json& node : inbound) {
    if (!node.is_object()) {
      throw Error(ErrorKind::kUnsupported,
                  "a file of Keras 2; load and save it once with Keras 3");
    }
    LayerCall call;
    call.args = MemberOrNull(node, "args");
    call.kwargs = MemberOrNull(node, "kwargs");
    CollectEdges(call.args, call.inputs);
    CollectEdges(call.kwargs, call.inputs);
    calls.push_back(std::move(call));
  }
  return calls;
}

LayerConfig LayerFrom(const Json& object) {
  if (!object.is_object()) Fail("a layer that is no object");
  LayerConfig layer;
  layer.class_name = WithoutPackage(TextAt(object, "class_name"));
  layer.module = TextAt(object, "module");
  layer.config = MemberOrNull(object, "config");
  layer.name = TextAt(layer.config, "name");
  if (layer.name.empty()) layer.name = TextAt(object, "name");
  if (layer.name.empty() || layer.class_name.empty())
    Fail("a layer without name or class");
  layer.calls = CallsFrom(MemberOrNull(object, "inbound_nodes"));
  return layer;
}

/// Hands out the names of a container's items.
class ItemNames {
 public:
  std::string Next(const std::string& class_name) {
    const std::string name = SnakeCase(class_name);
    const int number = used_[name]++;
    return number == 0 ? name : fmt::format("{}_{}", name, number);
  }

 private:
  std::map<std::string, int> used_;
};

/// Each layer is called once, on the result of the one before it.
void Chain(ModelConfig& model) {
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    LayerConfig& layer = model.layers[i];
    layer.calls = {LayerCall{}};
    if (i > 0) layer.calls[0].inputs = {{model.layers[i - 1].name, 0, 0}};
  }
  if (model.layers.empty()) Fail("a Sequential model without layers");
  model.inputs = {{model.layers.front().name, 0, 0}};
  model.outputs = {{model.layers.back().name, 0, 0}};
}

/// A Sequential model that states its input's shape but has no InputLayer gets one.
void AddMissingInput(ModelConfig& model, const Json& config) {
  if (!model.layers.empty() && model.layers.front().class_name == "InputLayer") return;
  const Json& shape = MemberOrNull(config, "build_input_shape");
  if (!shape.is_array()) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("Sequential model '{}' has no input shape; call build() and "
                            "save it again",
                            model.name));
  }
  LayerConfig input;
  input.name = "input";
  input.class_name = "InputLayer";
  input.config = {{"name", "input"}, {"batch_shape", shape}, {"dtype", "float32"}};
  model.layers.insert(model.layers.begin(), std::move(input));
}

}  // namespace

const LayerConfig* ModelConfig::Find(const std::string& layer) const {
  const auto found = std::ranges::find(layers, layer, &LayerConfig::name);
  return found == layers.end() ? nullptr : &*found;
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

ModelConfig ParseModelConfig(const Json& object, const std::string& path) {
  const Json& config = MemberOrNull(object, "config");
  ModelConfig model;
  model.name = TextAt(config, "name");
  const std::string class_name = TextAt(object, "class_name");
  if (class_name.empty()) Fail("no model");
  const Json& layers = MemberOrNull(config, "layers");
  model.is_sequential = WithoutPackage(class_name) == "Sequential";
  const bool is_graph = MemberOrNull(config, "output_layers").is_structured();
  if (!layers.is_array() || (!model.is_sequential && !is_graph)) {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("model class '{}': its forward pass is Python code, which the "
                    "file doesn't hold; build it with keras.Model(inputs, outputs)",
                    class_name));
  }
  if (layers.size() > kMaxLayers) Fail("too many layers");
  ItemNames names;
  for (const Json& entry : layers) {
    LayerConfig layer = LayerFrom(entry);
    layer.is_operation = IsOperationNode(layer.module);
    const bool is_unnamed =
        layer.is_operation || (model.is_sequential && layer.class_name == "InputLayer");
    if (!is_unnamed) {
      const std::string item = names.Next(layer.class_name);
      layer.path = (path.empty() ? "layers/" : path + "/layers/") + item;
    }
    if (IsModel(entry)) {
      layer.model = std::make_shared<ModelConfig>(ParseModelConfig(entry, layer.path));
    }
    model.layers.push_back(std::move(layer));
  }
  if (model.is_sequential) {
    AddMissingInput(model, config);
    Chain(model);
    return model;
  }
  CollectPorts(MemberOrNull(config, "input_layers"), model.inputs);
  CollectPorts(MemberOrNull(config, "output_layers"), model.outputs);
  if (model.outputs.empty()) Fail("a model without outputs");
  return model;
}

}  // namespace kinglet
