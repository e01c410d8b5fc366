// What outputs need is walked back to the cut and no further. If that meets an input of
// the model, something goes around the cut.
#include "pipeline/split_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr std::size_t kMostNamed = 5;

/// By value: whether it is computed from the cut.
std::vector<bool> Behind(const Graph& graph, ValueId cut) {
  std::vector<bool> behind(graph.values.size());
  behind[Index(cut)] = true;
  for (const Node& node : graph.nodes) {
    const bool reads =
        std::ranges::any_of(node.inputs, [&](ValueId id) { return behind[Index(id)]; });
    for (const ValueId id : node.outputs) behind[Index(id)] = behind[Index(id)] || reads;
  }
  return behind;
}

/// By value: whether an input of the model has a part in it.
std::vector<bool> Varying(const Graph& graph) {
  std::vector<bool> varying(graph.values.size());
  for (const Port& port : graph.inputs) varying[Index(port.value)] = true;
  for (const Node& node : graph.nodes) {
    const bool reads =
        std::ranges::any_of(node.inputs, [&](ValueId id) { return varying[Index(id)]; });
    for (const ValueId id : node.outputs) varying[Index(id)] = reads;
  }
  return varying;
}

/// A tensor that goes around the cut, or nothing.
std::optional<std::string> Bypass(const Graph& graph, ValueId cut) {
  const std::vector<bool> behind = Behind(graph, cut);
  const std::vector<bool> varying = Varying(graph);
  const auto goes_around = [&](ValueId id) {
    return !behind[Index(id)] && varying[Index(id)];
  };
  for (const Port& port : graph.outputs) {
    if (goes_around(port.value)) return port.name;
  }
  for (const Node& node : graph.nodes) {
    if (!behind[Index(node.outputs[0])] || node.outputs[0] == cut) continue;
    const auto found = std::ranges::find_if(node.inputs, goes_around);
    if (found != node.inputs.end()) return graph[*found].name;
  }
  return std::nullopt;
}

/// Why the graph can't be cut there, or nothing.
std::optional<std::string> CutProblem(const Graph& graph, ValueId cut) {
  const auto is_cut = [&](const Port& port) { return port.value == cut; };
  if (graph[cut].dtype != DType::kFloat32) return "its result holds no float32 numbers";
  if (std::ranges::any_of(graph.inputs, is_cut)) return "it is an input of the model";
  if (std::ranges::any_of(graph.outputs, is_cut)) {
    return "its result is an output of the model, which leaves no head";
  }
  const auto bypass = Bypass(graph, cut);
  if (!bypass.has_value()) return std::nullopt;
  return fmt::format("its result isn't all that the head would need: '{}' goes around it",
                     *bypass);
}

/// Why the model can't be cut at the layer, or the place of the cut.
std::variant<ValueId, std::string> PlaceOf(const Graph& graph, const LayerInfo& layer) {
  if (layer.results.size() != 1) {
    return fmt::format("it has {} results, not one", layer.results.size());
  }
  const auto found = std::ranges::find(graph.values, layer.results[0], &Value::name);
  if (found == graph.values.end()) return "no output depends on it";
  const auto cut = static_cast<ValueId>(found - graph.values.begin());
  if (auto problem = CutProblem(graph, cut)) return *std::move(problem);
  return cut;
}

/// Insertions, deletions and replacements that make one of the other.
std::size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// The names of the layers where the model can be cut, those of the least `distance`
/// first.
template <typename Distance>
std::string Candidates(const Graph& graph, const std::vector<LayerInfo>& layers,
                       const Distance& distance) {
  std::vector<std::pair<std::size_t, std::string>> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!std::holds_alternative<ValueId>(PlaceOf(graph, layers[i]))) continue;
    names.emplace_back(distance(i), layers[i].name);
  }
  std::ranges::stable_sort(names, {}, &decltype(names)::value_type::first);
  names.resize(std::min(names.size(), kMostNamed));
  std::string text;
  for (const auto& [far, name] : names) {
    text += fmt::format("{}'{}'", text.empty() ? "" : ", ", name);
  }
  return text.empty() ? "none of its layers can be taken" : "layers to cut at: " + text;
}

ValueId FindCut(const Graph& graph, const std::vector<LayerInfo>& layers,
                const std::string& layer) {
  const auto refuse = [&](const std::string& why, const std::string& candidates) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--split-head {}: {}; {}", layer, why, candidates));
  };
  const auto found = std::ranges::find(layers, layer, &LayerInfo::name);
  if (found == layers.end()) {
    refuse("the model has no such layer", Candidates(graph, layers, [&](std::size_t i) {
             return EditDistance(layers[i].name, layer);
           }));
  }
  const auto place = PlaceOf(graph, *found);
  if (const auto* why = std::get_if<std::string>(&place)) {
    const auto here = static_cast<std::size_t>(found - layers.begin());
    refuse(*why, Candidates(graph, layers, [&](std::size_t i) {
      return i > here ? i - here : here - i;
    }));
  }
  return std::get<ValueId>(place);
}

}  // namespace

SplitGraph SplitAt(const Graph& graph, const std::vector<LayerInfo>& layers,
                   const std::string& layer) {
  const ValueId cut = FindCut(graph, layers, layer);
  SplitGraph split{.backbone = graph, .head = graph};
  split.backbone.outputs = {{"output_0", cut}};
  split.backbone = WithoutDeadParts(split.backbone);
  for (Node& node : split.head.nodes) {
    for (ValueId& made : node.outputs) {
      if (made == cut) made = split.head.AddValue(graph[cut]);
    }
  }
  split.head.inputs = {{layer, cut}};
  split.head = WithoutDeadParts(split.head);
  return split;
}

Graph Joined(const Graph& backbone, const Graph& head) {
  Graph joined = backbone;
  std::map<ValueId, ValueId> ids = {{head.inputs[0].value, backbone.outputs[0].value}};
  for (std::size_t i = 0; i < head.values.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    if (!ids.contains(id)) ids[id] = joined.AddValue(head.values[i]);
  }
  const auto resolve = [&ids](ValueId& id) { id = ids.at(id); };
  for (Node node : head.nodes) {
    std::ranges::for_each(node.inputs, resolve);
    std::ranges::for_each(node.outputs, resolve);
    joined.nodes.push_back(std::move(node));
  }
  joined.outputs = head.outputs;
  for (Port& port : joined.outputs) resolve(port.value);
  return joined;
}

}  // namespace kinglet
