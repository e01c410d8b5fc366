#include <algorithm>

#include "ops/op_def.h"
#include "passes/passes.h"

namespace kinglet {
namespace {

bool HasConstantInputs(const Graph& graph, const Node& node) {
  return node.outputs.size() == 1 && std::ranges::all_of(node.inputs, [&](ValueId id) {
           return graph[id].constant != nullptr;
         });
}

Tensor Computed(const Graph& graph, const Node& node) {
  const Value& out = graph[node.outputs[0]];
  Tensor result(out.dtype, out.shape);
  std::vector<const std::byte*> inputs;
  for (const ValueId id : node.inputs) {
    inputs.push_back(graph[id].constant->bytes().data());
  }
  const Kernel kernel = DefOf(node.op).compile(node.op, {graph, node});
  if (kernel == nullptr) {
    std::ranges::copy(graph[node.inputs[0]].constant->bytes(), result.bytes().begin());
  } else {
    std::byte* const output = result.bytes().data();
    kernel({inputs, {&output, 1}});
  }
  return result;
}

}  // namespace

Graph FoldConstants(const Graph& graph) {
  Graph folded = graph;
  folded.nodes.clear();
  for (const Node& node : graph.nodes) {
    if (HasConstantInputs(folded, node)) {
      Value& value = folded[node.outputs[0]];
      value.constant = std::make_shared<const Tensor>(Computed(folded, node));
    } else {
      folded.nodes.push_back(node);
    }
  }
  return WithoutDeadParts(folded);
}

}  // namespace kinglet
