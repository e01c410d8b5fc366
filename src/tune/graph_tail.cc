#include "tune/graph_tail.h"

#include <span>

namespace kinglet {

GraphTail TailOf(const Graph& graph, std::size_t first) {
  GraphTail tail{graph, {}};
  tail.graph.nodes.assign(graph.nodes.begin() + static_cast<std::ptrdiff_t>(first),
                          graph.nodes.end());
  tail.graph.inputs.clear();
  std::vector<bool> is_known(graph.values.size());
  const auto read = [&](ValueId id) {
    if (is_known[Index(id)] || graph[id].constant != nullptr) return;
    is_known[Index(id)] = true;
    tail.reads.push_back(id);
    tail.graph.inputs.push_back({graph[id].name, id});
  };
  for (const Node& node : tail.graph.nodes) {
    for (const ValueId id : node.inputs) read(id);
    for (const ValueId id : node.outputs) is_known[Index(id)] = true;
  }
  for (const Port& port : graph.outputs) read(port.value);
  tail.graph = WithoutDeadParts(tail.graph);
  return tail;
}

}  // namespace kinglet
