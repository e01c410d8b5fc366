#include "pipeline/inspect.h"

#include <fmt/format.h>

#include "base/file.h"
#include "import/keras_import.h"
#include "ops/op_def.h"
#include "pipeline/model_file.h"

namespace kinglet {
namespace {

std::string PortsText(const Graph& graph, const std::vector<Port>& ports) {
  std::string text;
  for (const Port& port : ports) {
    const Value& value = graph[port.value];
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", port.name,
                        NameOf(value.dtype), ToString(value.shape));
  }
  return text;
}

std::string InputsText(const std::vector<InputInfo>& inputs) {
  std::string text;
  for (const InputInfo& input : inputs) {
    std::string shape;
    for (const std::int64_t size : input.shape) {
      if (!shape.empty()) shape += "x";
      shape += size < 0 ? "?" : std::to_string(size);
    }
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", input.name,
                        NameOf(input.dtype), shape);
  }
  return text;
}

/// Multiply-accumulates of the nodes that came from a layer.
std::int64_t MacsOf(const Graph& graph, const std::string& layer) {
  std::int64_t macs = 0;
  for (const Node& node : graph.nodes) {
    if (node.name == layer || node.name.starts_with(layer + "/")) {
      macs += DefOf(node.op).macs({graph, node});
    }
  }
  return macs;
}

Listing ListKeras(const std::filesystem::path& path, const ImportOptions& options) {
  const KerasListing file = ListKerasLayers(path, options);
  const ImportedModel& model = file.model;
  Listing listing{.path = path.string(),
                  .format = "Keras " + model.keras_version,
                  .facts = {},
                  .rows = {}};
  if (!file.inputs.empty()) listing.facts = {{"inputs", InputsText(file.inputs)}};
  if (file.refusal.has_value()) {
    listing.facts.emplace_back("not convertible", *file.refusal);
  } else {
    listing.facts.emplace_back("outputs", PortsText(model.graph, model.graph.outputs));
  }
  for (const std::string& note : model.notes) listing.facts.emplace_back("note", note);
  for (const std::string& text : model.warnings) {
    listing.facts.emplace_back("warning", text);
  }
  for (const LayerInfo& layer : model.layers) {
    listing.rows.push_back(
        {.name = layer.name,
         .kind = layer.class_name,
         .shape = layer.output_shape.empty() ? "" : ToString(layer.output_shape),
         .dtype = "",
         .scale = "",
         .parameters = layer.parameters,
         .macs = MacsOf(model.graph, layer.name)});
  }
  return listing;
}

}  // namespace

Listing Inspect(const std::filesystem::path& path, const ImportOptions& options) {
  if (IsTfliteFile(path)) return ListTflite(path, ReadFile(path));
  return ListKeras(path, options);
}

}  // namespace kinglet
