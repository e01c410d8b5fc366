#include <algorithm>
#include <map>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
std::vector<ValueId> FirstOfEquals(const Graph& graph) {
  std::map<Shape, std::vector<ValueId>> seen;
  std::vector<ValueId> first;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    first.push_back(id);
    if (graph[id].constant == nullptr) continue;
    auto& candidates = seen[graph[id].shape];
    const auto equal = std::ranges::find_if(candidates, [&](ValueId candidate) {
      return *graph[candidate].constant == *graph[id].constant;
    });
    if (equal == candidates.end()) {
      candidates.push_back(id);
    } else {
      first.back() = *equal;
    }
  }
  return first;
}

Graph MergeEqualNodes(const Graph& graph) {
  Graph merged = graph;
  merged.nodes.clear();
  std::map<std::vector<ValueId>, std::vector<std::size_t>> seen;  // by inputs
  const std::vector<ValueId> first = FirstOfEquals(graph);
  std::vector<ValueId> same(graph.values.size());
  for (std::size_t i = 0; i < same.size(); ++i) same[i] = static_cast<ValueId>(i);
  for (Node node : graph.nodes) {
    for (ValueId& id : node.inputs) id = same[Index(id)];
    std::vector<ValueId> operands = node.inputs;
    for (ValueId& id : operands) id = first[Index(id)];
    auto& candidates = seen[operands];
    const auto equal = std::ranges::find_if(candidates, [&](std::size_t i) {
      return merged.nodes[i].op == node.op &&
             merged.nodes[i].outputs.size() == node.outputs.size();
    });
    if (equal != candidates.end()) {
      for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        same[Index(node.outputs[i])] = merged.nodes[*equal].outputs[i];
      }
      continue;
    }
    candidates.push_back(merged.nodes.size());
    merged.nodes.push_back(std::move(node));
  }
  for (Port& port : merged.outputs) port.value = same[Index(port.value)];
  return WithoutDeadParts(merged);
}

}  // namespace kinglet
