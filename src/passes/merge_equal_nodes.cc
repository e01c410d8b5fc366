#include <algorithm>
#include <map>

#include "passes/passes.h"

namespace kinglet {

Graph MergeEqualNodes(const Graph& graph) {
  Graph merged = graph;
  merged.nodes.clear();
  std::map<std::vector<ValueId>, std::vector<std::size_t>> seen;  // by inputs
  std::vector<ValueId> same(graph.values.size());
  for (std::size_t i = 0; i < same.size(); ++i) same[i] = static_cast<ValueId>(i);
  for (Node node : graph.nodes) {
    for (ValueId& id : node.inputs) id = same[Index(id)];
    auto& candidates = seen[node.inputs];
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
