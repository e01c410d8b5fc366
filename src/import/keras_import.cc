#include "import/keras_import.h"

#include <fmt/format.h>

#include <algorithm>

#include "import/keras_file.h"
#include "import/model_builder.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

DType InputDType(const LayerConfig& layer) {
  const std::string name = TextAt(layer.config, "dtype");
  if (name == "bool") return DType::kBool;
  const bool is_integer = name.starts_with("int") || name.starts_with("uint");
  return is_integer ? DType::kInt32 : DType::kFloat32;
}

/// `batch_shape` of Keras 3, `batch_input_shape` of Keras 2.
InputInfo InputInfoOf(const LayerConfig& layer) {
  const Json& current = MemberOrNull(layer.config, "batch_shape");
  const Json& stored =
      current.is_array() ? current : MemberOrNull(layer.config, "batch_input_shape");
  if (!stored.is_array() || stored.empty()) {
    throw Error(ErrorKind::kCorrupt, fmt::format("input '{}' has no shape", layer.name));
  }
  for (const char* kind : {"sparse", "ragged"}) {
    if (MemberOrNull(layer.config, kind) != true) continue;
    RefuseLayer(layer, fmt::format("a {} input; use a dense one", kind));
  }
  Shape shape = {1};
  for (std::size_t i = 1; i < stored.size(); ++i) {
    const bool is_fixed =
        stored[i].is_number_integer() && stored[i].get<std::int64_t>() > 0;
    shape.push_back(is_fixed ? stored[i].get<std::int64_t>() : -1);
  }
  return {layer.name, InputDType(layer), std::move(shape)};
}

std::vector<InputInfo> InputsOf(const ModelConfig& model) {
  std::vector<InputInfo> inputs;
  for (const Edge& edge : model.inputs) {
    const LayerConfig* layer = model.Find(edge.layer);
    if (layer == nullptr || layer->class_name != "InputLayer") {
      throw Error(
          ErrorKind::kCorrupt,
          fmt::format("model configuration: input '{}' is no InputLayer", edge.layer));
    }
    inputs.push_back(InputInfoOf(*layer));
  }
  return inputs;
}

/// The input's shape, free axes from the options.
Shape FixedShape(const InputInfo& input, const ImportOptions& options) {
  const auto given = options.input_shapes.find(input.name);
  const Shape& shape = given == options.input_shapes.end() ? input.shape : given->second;
  const bool fits = shape.size() == input.shape.size() &&
                    std::ranges::equal(shape, input.shape, [](auto size, auto stored) {
                      return stored == -1 || size == stored;
                    });
  if (!fits) {
    throw Error(ErrorKind::kUsage,
                fmt::format("input '{}': shape {} was given where the model has {}",
                            input.name, ToString(shape), ToString(input.shape)));
  }
  const auto open = std::ranges::find_if(shape, [](auto size) { return size <= 0; });
  if (open != shape.end()) {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("input '{}': axis {} has no fixed size, and no samples of its "
                    "shape were given; give --input-shape {}=1,...",
                    input.name, open - shape.begin(), input.name));
  }
  return shape;
}

/// Adds the model's inputs to the graph.
std::vector<ValueId> AddInputs(ImportState& state) {
  std::vector<ValueId> inputs;
  for (const InputInfo& input : InputsOf(state.file.model)) {
    inputs.push_back(state.graph.AddValue({.name = input.name,
                                           .dtype = input.dtype,
                                           .shape = FixedShape(input, state.options),
                                           .quantization = std::nullopt,
                                           .constant = nullptr}));
    state.graph.inputs.push_back({input.name, inputs.back()});
  }
  return inputs;
}

void CheckNothingLeftOver(const ImportState& state) {
  for (const auto& [path, object] : state.file.weights) {
    if (object.variables.empty() || state.bound.contains(path)) continue;
    throw Error(ErrorKind::kCorrupt,
                fmt::format("weights: '{}' ({}) holds variables that no layer of the "
                            "configuration has",
                            path, object.name.empty() ? "no name" : object.name));
  }
}

std::int64_t ElementsOf(const StoredObject& object) {
  std::int64_t count = 0;
  for (const Tensor& variable : object.variables) {
    count += static_cast<std::int64_t>(variable.size());
  }
  return count;
}

std::int64_t ParametersBelow(const WeightStore& weights, const std::string& path) {
  std::int64_t count = 0;
  for (const auto& [owner, object] : weights) {
    if (owner == path || owner.starts_with(path + "/")) count += ElementsOf(object);
  }
  return count;
}

/// The objects that own variables, in place of layers that can't be read.
std::vector<LayerInfo> ListOwners(const WeightStore& weights) {
  std::vector<LayerInfo> owners;
  for (const auto& [path, object] : weights) {
    if (!object.variables.empty()) owners.push_back({path, "", {}, ElementsOf(object)});
  }
  return owners;
}

/// @throws kUnsupported when the file holds no layers.
KerasFile ReadFileWithLayers(const std::filesystem::path& path) {
  KerasFile file = ReadKerasFile(path);
  if (file.refusal.has_value()) throw Error(ErrorKind::kUnsupported, *file.refusal);
  return file;
}

std::vector<std::string> ResultsOf(const std::string& layer, const Graph& graph,
                                   const CallResults& results) {
  std::vector<std::string> names;
  for (auto call = results.lower_bound({layer, 0});
       call != results.end() && call->first.first == layer; ++call) {
    for (const ValueId id : call->second) names.push_back(graph[id].name);
  }
  return names;
}

std::vector<LayerInfo> ListLayers(const ImportState& state, const CallResults& results) {
  std::vector<LayerInfo> layers;
  for (const LayerConfig& layer : state.file.model.layers) {
    const auto found = results.find({layer.name, 0});
    Shape shape;
    if (found != results.end() && !found->second.empty()) {
      shape = state.graph[found->second[0]].shape;
    }
    layers.push_back(
        {layer.name, layer.class_name, std::move(shape),
         layer.path.empty() ? 0 : ParametersBelow(state.file.weights, layer.path),
         ResultsOf(layer.name, state.graph, results)});
  }
  return layers;
}

/// Builds the graph of the whole model.
void Build(ImportState& state, CallResults& results) {
  const std::vector<ValueId> outputs =
      BuildModel(state, state.file.model, AddInputs(state), results);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    state.graph.outputs.push_back({fmt::format("output_{}", i), outputs[i]});
  }
  CheckNothingLeftOver(state);
}

ImportedModel Imported(ImportState state, const CallResults& results) {
  return {.graph = WithoutDeadParts(state.graph),
          .keras_version = state.file.keras_version,
          .layers = ListLayers(state, results),
          .notes = std::move(state.notes),
          .warnings = std::move(state.warnings)};
}

}  // namespace

ImportedModel ImportKeras(const std::filesystem::path& path,
                          const ImportOptions& options) {
  return ImportKerasAsking(path, [&](const auto&) { return options; });
}

ImportedModel ImportKerasAsking(const std::filesystem::path& path,
                                const OptionsForInputs& options) {
  const KerasFile file =
      WithContext(path.string(), [&] { return ReadFileWithLayers(path); });
  const ImportOptions chosen = options(InputsOf(file.model));
  return WithContext(path.string(), [&] {
    ImportState state{.file = file, .options = chosen};
    CallResults results;
    Build(state, results);
    return Imported(std::move(state), results);
  });
}

KerasListing ListKerasLayers(const std::filesystem::path& path,
                             const ImportOptions& options) {
  return WithContext(path.string(), [&] {
    const KerasFile file = ReadKerasFile(path);
    if (file.refusal.has_value()) {
      return KerasListing{.model = {.graph = {},
                                    .keras_version = file.keras_version,
                                    .layers = ListOwners(file.weights),
                                    .notes = {},
                                    .warnings = {}},
                          .inputs = {},
                          .refusal = file.refusal};
    }
    ImportState state{.file = file, .options = options};
    CallResults results;
    KerasListing listing{.model = {}, .inputs = InputsOf(file.model), .refusal = {}};
    try {
      Build(state, results);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kUnsupported) throw;
      listing.refusal = error.what();
    }
    listing.model = Imported(std::move(state), results);
    return listing;
  });
}

}  // namespace kinglet
