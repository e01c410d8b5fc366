// Inputs keep the order of the subgraph. Signatures list outputs by name, output_10
// before output_2: where all names are of that kind, the numbers decide.
#include "emit/tflite_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace kinglet {
namespace {

using Maps = flatbuffers::Vector<flatbuffers::Offset<tflite::TensorMap>>;

const tflite::SignatureDef* SignatureOf(const tflite::Model& model) {
  if (model.signature_defs() == nullptr) return nullptr;
  for (const auto* signature : *model.signature_defs()) {
    if (signature->subgraph_index() == 0) return signature;
  }
  return nullptr;
}

/// The tensor's name in the signature, or nothing.
std::optional<std::string> NameIn(const Maps* maps, std::int32_t tensor) {
  if (maps == nullptr) return std::nullopt;
  for (const auto* map : *maps) {
    if (static_cast<std::int32_t>(map->tensor_index()) == tensor &&
        map->name() != nullptr) {
      return map->name()->str();
    }
  }
  return std::nullopt;
}

/// 7 of "output_7".
std::optional<int> NumberOf(const std::string& name) {
  constexpr std::string_view kPrefix = "output_";
  if (name.rfind(kPrefix, 0) != 0) return std::nullopt;
  int number = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::vector<Port> Ports(const flatbuffers::Vector<std::int32_t>& tensors,
                        const Maps* maps, const std::vector<ValueId>& ids,
                        const Graph& graph) {
  std::vector<Port> ports;
  for (const std::int32_t tensor : tensors) {
    const ValueId id = ids[static_cast<std::size_t>(tensor)];
    ports.push_back({NameIn(maps, tensor).value_or(graph[id].name), id});
  }
  return ports;
}

/// The outputs as the signature lists them, or by number where it numbers them all.
std::vector<Port> Listed(const Maps& maps, const std::vector<ValueId>& ids,
                         const Graph& graph) {
  std::vector<Port> ports;
  for (const auto* map : maps) {
    const ValueId id = ids[map->tensor_index()];
    ports.push_back({map->name() == nullptr ? graph[id].name : map->name()->str(), id});
  }
  const auto is_numbered = [](const Port& port) {
    return NumberOf(port.name).has_value();
  };
  if (std::ranges::all_of(ports, is_numbered)) {
    std::ranges::stable_sort(ports, std::less<>(),
                             [](const Port& port) { return *NumberOf(port.name); });
  }
  return ports;
}

}  // namespace

void ReadPorts(const tflite::Model& model, const std::vector<ValueId>& ids,
               Graph& graph) {
  const tflite::SubGraph& file = *model.subgraphs()->Get(0);
  const tflite::SignatureDef* signature = SignatureOf(model);
  const Maps* inputs = signature == nullptr ? nullptr : signature->inputs();
  const Maps* outputs = signature == nullptr ? nullptr : signature->outputs();
  if (file.inputs() != nullptr) graph.inputs = Ports(*file.inputs(), inputs, ids, graph);
  const bool is_listed = outputs != nullptr && outputs->size() > 0;
  graph.outputs = is_listed ? Listed(*outputs, ids, graph)
                            : Ports(*file.outputs(), nullptr, ids, graph);
}

}  // namespace kinglet
