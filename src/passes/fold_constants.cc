#include <algorithm>

#include "ops/op_def.h"
#include "passes/passes.h"

namespace kinglet {
namespace {

bool HasConstantInputs(const Graph& graph, const Node& node) {
  return std::ranges::all_of(node.inputs,
                             [&](ValueId id) { return graph[id].constant != nullptr; });
}

std::vector<Tensor> Computed(const Graph& graph, const Node& node) {
  std::vector<const std::byte*> inputs;
  for (const ValueId id : node.inputs) {
    inputs.push_back(graph[id].constant->bytes().data());
  }
  std::vector<Tensor> results;
  std::vector<std::byte*> outputs;
  for (const ValueId id : node.outputs) {
    results.emplace_back(graph[id].dtype, graph[id].shape);
    outputs.push_back(results.back().bytes().data());
  }
  const Kernel kernel = DefOf(node.op).compile(node.op, {graph, node});
  if (kernel == nullptr) {
    std::ranges::copy(graph[node.inputs[0]].constant->bytes(), outputs[0]);
  } else {
    kernel({inputs, outputs});
  }
  return results;
}

}  // namespace

Graph FoldConstants(const Graph& graph) {
  Graph folded = graph;
  folded.nodes.clear();
  for (const Node& node : graph.nodes) {
    if (HasConstantInputs(folded, node)) {
      std::vector<Tensor> results = Computed(folded, node);
      for (std::size_t i = 0; i < results.size(); ++i) {
        folded[node.outputs[i]].constant =
            std::make_shared<const Tensor>(std::move(results[i]));
      }
    } else {
      folded.nodes.push_back(node);
    }
  }
  return WithoutDeadParts(folded);
}

}  // namespace kinglet
