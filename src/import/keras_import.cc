// Calls of layers are made in dependency order; a model inside a model is built in place
// each time it is called, its variables staying those of its own path.
#include "import/keras_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/file.h"
#include "import/archive.h"
#include "import/layer_context.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

using Key = std::pair<std::string, std::size_t>;  ///< layer and call

/// Entries of a layer's configuration that never change its inference result.
bool IsHarmless(const std::string& key, const Json& value) {
  static const std::set<std::string> kHarmless = {"name",
                                                  "trainable",
                                                  "dtype",
                                                  "activity_regularizer",
                                                  "seed",
                                                  "batch_input_shape",
                                                  "batch_shape",
                                                  "registered_name",
                                                  "unit_forget_bias"};
  const bool is_training_only = key.ends_with("_initializer") ||
                                key.ends_with("_regularizer") ||
                                key.ends_with("_constraint");
  const bool is_off = value.is_null() || value == false || value == 0 ||
                      (value.is_structured() && value.empty());
  return is_training_only || is_off || kHarmless.contains(key);
}

void CheckKeys(const LayerContext& context, const LayerRow& row) {
  if (!context.layer().config.is_object()) context.Corrupt("no configuration");
  for (const auto& [key, value] : context.layer().config.items()) {
    if (IsHarmless(key, value) || std::ranges::find(row.keys, key) != row.keys.end()) {
      continue;
    }
    context.Refuse(
        fmt::format("configuration '{}' = {} is not supported", key, value.dump()));
  }
}

/// float32 and mixed policies compute in float32; float16 variables are widened.
void CheckDType(const LayerContext& context) {
  const Json& dtype = MemberOrNull(context.layer().config, "dtype");
  const std::string name = dtype.is_string()
                               ? dtype.get<std::string>()
                               : TextAt(MemberOrNull(dtype, "config"), "name");
  static const std::set<std::string> kKnown = {"", "float32", "mixed_float16",
                                               "mixed_bfloat16", "float16"};
  if (!kKnown.contains(name)) {
    context.Refuse(fmt::format("dtype policy '{}'; save the model with float32", name));
  }
}

/// Random or batch-dependent at inference.
void CheckKwargs(const LayerContext& context) {
  if (MemberOrNull(context.call().kwargs, "training") == true) {
    context.Refuse("called with training=True, which makes its output random");
  }
}

/// Builds one model, and the models inside it.
class ModelBuilder {
 public:
  ModelBuilder(ImportState& state, const ModelConfig& model)
      : state_(state), model_(model) {}

  /// Results of the model's outputs for these inputs.
  std::vector<ValueId> Build(const std::vector<ValueId>& inputs) {
    for (std::size_t i = 0; i < model_.inputs.size(); ++i) {
      if (i >= inputs.size()) Fail("fewer inputs than the model takes");
      results_[{model_.inputs[i].layer, 0}] = {inputs[i]};
    }
    std::vector<ValueId> outputs;
    for (const Edge& edge : model_.outputs) outputs.push_back(Resolve(OfOutput(edge)));
    return outputs;
  }

  [[nodiscard]] const std::map<Key, std::vector<ValueId>>& results() const {
    return results_;
  }

 private:
  [[noreturn]] static void Fail(const std::string& what) {
    throw Error(ErrorKind::kCorrupt, "config.json: " + what);
  }

  /// Keras 3 counts the calls of a nested Functional model from 1 in its parent's
  /// outputs.
  [[nodiscard]] Edge OfOutput(Edge edge) const {
    const LayerConfig* layer = model_.Find(edge.layer);
    const bool is_functional =
        layer != nullptr && layer->model != nullptr && !layer->model->is_sequential;
    if (is_functional && edge.call > 0) --edge.call;
    return edge;
  }

  /// The value of an edge, whose call is made first if it has not been: depth first with
  /// a stack of our own, since graphs are deeper than call stacks.
  ValueId Resolve(const Edge& wanted) {
    std::vector<Edge> pending = {wanted};
    std::set<Key> open;
    while (!pending.empty()) {
      const Edge edge = pending.back();
      const Key key{edge.layer, edge.call};
      if (results_.contains(key)) {
        pending.pop_back();
        open.erase(key);
        continue;
      }
      const LayerCall& call = CallOf(edge);
      std::vector<Edge> missing;
      for (const Edge& input : call.inputs) {
        if (!results_.contains({input.layer, input.call})) missing.push_back(input);
      }
      if (missing.empty()) {
        Make(edge, call);
        continue;
      }
      if (!open.insert(key).second)
        Fail(fmt::format("layer '{}' feeds itself", edge.layer));
      pending.insert(pending.end(), missing.rbegin(), missing.rend());
    }
    return ResultOf(wanted);
  }

  [[nodiscard]] const LayerCall& CallOf(const Edge& edge) const {
    const LayerConfig* layer = model_.Find(edge.layer);
    if (layer == nullptr) Fail(fmt::format("no layer is called '{}'", edge.layer));
    if (edge.call >= layer->calls.size()) {
      Fail(fmt::format("layer '{}' has no call {}", edge.layer, edge.call));
    }
    return layer->calls[edge.call];
  }

  [[nodiscard]] ValueId ResultOf(const Edge& edge) const {
    const std::vector<ValueId>& results = results_.at({edge.layer, edge.call});
    if (edge.result >= results.size()) {
      Fail(fmt::format("layer '{}' has no result {}", edge.layer, edge.result));
    }
    return results[edge.result];
  }

  void Make(const Edge& edge, const LayerCall& call) {
    const LayerConfig& layer = *model_.Find(edge.layer);
    std::vector<ValueId> inputs;
    for (const Edge& input : call.inputs) inputs.push_back(ResultOf(input));
    results_[{edge.layer, edge.call}] =
        layer.model != nullptr ? ModelBuilder(state_, *layer.model).Build(inputs)
                               : BuildLayer({state_, layer, call, std::move(inputs)});
  }

  static std::vector<ValueId> BuildLayer(const LayerContext& context) {
    const LayerRow* row = FindLayer(context.layer().class_name);
    if (context.layer().class_name == "Lambda") {
      context.Refuse("Python code can't be read from a file; replace it by a layer");
    }
    if (context.layer().is_operation) {
      context.Refuse("an operation of keras.ops; use the layer of that name");
    }
    if (row == nullptr) {
      const std::string& module = context.layer().module;
      context.Refuse(
          fmt::format("this class{} is not supported; replace it by layers that are",
                      module.empty() ? "" : " of module '" + module + "'"));
    }
    if (context.inputs().empty()) context.Corrupt("a layer without inputs");
    CheckKeys(context, *row);
    CheckDType(context);
    CheckKwargs(context);
    return row->build(context);
  }

  ImportState& state_;
  const ModelConfig& model_;
  std::map<Key, std::vector<ValueId>> results_;
};

DType InputDType(const LayerConfig& layer) {
  const std::string name = TextAt(layer.config, "dtype");
  return name == "int32" || name == "int64" ? DType::kInt32 : DType::kFloat32;
}

/// The input's shape with batch 1, other free axes from the options.
Shape InputShape(const LayerConfig& layer, const ImportOptions& options) {
  const auto given = options.input_shapes.find(layer.name);
  if (given != options.input_shapes.end()) return given->second;
  const Json& stored = MemberOrNull(layer.config, "batch_shape");
  if (!stored.is_array() || stored.empty()) {
    throw Error(ErrorKind::kCorrupt, fmt::format("input '{}' has no shape", layer.name));
  }
  Shape shape = {1};
  for (std::size_t i = 1; i < stored.size(); ++i) {
    if (!stored[i].is_number_integer() || stored[i].get<std::int64_t>() <= 0) {
      throw Error(ErrorKind::kUnsupported,
                  fmt::format("input '{}': axis {} has no fixed size; give "
                              "--input-shape {}=1,...",
                              layer.name, i, layer.name));
    }
    shape.push_back(stored[i].get<std::int64_t>());
  }
  return shape;
}

/// Adds the model's inputs to the graph.
std::vector<ValueId> AddInputs(ImportState& state, const ModelConfig& model) {
  std::vector<ValueId> inputs;
  for (const Edge& edge : model.inputs) {
    const LayerConfig* layer = model.Find(edge.layer);
    if (layer == nullptr || layer->class_name != "InputLayer") {
      throw Error(ErrorKind::kCorrupt,
                  fmt::format("config.json: input '{}' is no InputLayer", edge.layer));
    }
    inputs.push_back(state.graph.AddValue({.name = layer->name,
                                           .dtype = InputDType(*layer),
                                           .shape = InputShape(*layer, state.options),
                                           .quantization = std::nullopt,
                                           .constant = nullptr}));
    state.graph.inputs.push_back({layer->name, inputs.back()});
  }
  return inputs;
}

void CheckNothingLeftOver(const ImportState& state) {
  for (const auto& [path, object] : state.weights) {
    if (object.variables.empty() || state.bound.contains(path)) continue;
    throw Error(
        ErrorKind::kCorrupt,
        fmt::format("model.weights.h5: '{}' ({}) holds variables that no layer of "
                    "config.json has",
                    path, object.name.empty() ? "no name" : object.name));
  }
}

std::int64_t ParametersBelow(const WeightStore& weights, const std::string& path) {
  std::int64_t count = 0;
  for (const auto& [owner, object] : weights) {
    if (owner != path && !owner.starts_with(path + "/")) continue;
    for (const Tensor& variable : object.variables) {
      count += static_cast<std::int64_t>(variable.size());
    }
  }
  return count;
}

std::vector<LayerInfo> ListLayers(const ModelConfig& model, const ImportState& state,
                                  const std::map<Key, std::vector<ValueId>>& results) {
  std::vector<LayerInfo> layers;
  for (const LayerConfig& layer : model.layers) {
    const auto found = results.find({layer.name, 0});
    const bool has_shape = found != results.end() && !found->second.empty();
    layers.push_back(
        {layer.name, layer.class_name,
         has_shape ? state.graph[found->second[0]].shape : Shape{},
         layer.path.empty() ? 0 : ParametersBelow(state.weights, layer.path)});
  }
  return layers;
}

ImportedModel Import(const KerasArchive& archive, const ImportOptions& options) {
  const Json metadata = archive.metadata.empty()
                            ? Json::object()
                            : ParseKerasJson(archive.metadata, "metadata.json");
  const ModelConfig model =
      ParseModelConfig(ParseKerasJson(archive.config, "config.json"), "");
  const WeightStore weights = ReadWeightStore(archive.weights);
  ImportState state{.graph = {},
                    .weights = weights,
                    .options = options,
                    .model = &model,
                    .date_saved = TextAt(metadata, "date_saved"),
                    .bound = {},
                    .notes = {},
                    .warnings = {}};
  ModelBuilder builder(state, model);
  const std::vector<ValueId> outputs = builder.Build(AddInputs(state, model));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    state.graph.outputs.push_back({fmt::format("output_{}", i), outputs[i]});
  }
  CheckNothingLeftOver(state);
  return {.graph = WithoutDeadParts(state.graph),
          .keras_version = TextAt(metadata, "keras_version"),
          .layers = ListLayers(model, state, builder.results()),
          .notes = std::move(state.notes),
          .warnings = std::move(state.warnings)};
}

bool IsHdf5(std::span<const std::byte> bytes) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  return bytes.size() > kSignature.size() &&
         std::equal(kSignature.begin(), kSignature.end(),
                    reinterpret_cast<const char*>(bytes.data()));
}

}  // namespace

ImportedModel ImportKeras(const std::filesystem::path& path,
                          const ImportOptions& options) {
  return WithContext(path.string(), [&] {
    if (std::filesystem::is_directory(path))
      return Import(ReadKerasFolder(path), options);
    const std::vector<std::byte> bytes = ReadFile(path);
    if (IsHdf5(bytes)) {
      throw Error(ErrorKind::kUnsupported,
                  "a legacy .h5 file; load it in Keras and save it as .keras");
    }
    return Import(ReadKerasArchive(bytes), options);
  });
}

}  // namespace kinglet
