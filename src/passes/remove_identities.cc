#include <algorithm>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool AllEqual(std::span<const float> values, float wanted) {
  return std::ranges::all_of(values, [wanted](float v) { return v == wanted; });
}

bool CopiesEverything(const Graph& graph, const Node& node) {
  const bool same_shape = graph[node.inputs[0]].shape == graph[node.outputs[0]].shape;
  if (const auto* slice = std::get_if<StridedSlice>(&node.op)) {
    return same_shape &&
           std::ranges::all_of(slice->strides, [](auto s) { return s == 1; });
  }
  if (const auto* transpose = std::get_if<Transpose>(&node.op)) {
    return std::ranges::is_sorted(transpose->perm);
  }
  const bool is_mover =
      std::holds_alternative<Reshape>(node.op) || std::holds_alternative<Pad>(node.op);
  return (same_shape && is_mover) ||
         (std::holds_alternative<Concatenation>(node.op) && node.inputs.size() == 1);
}

bool MultipliesByOne(const Graph& graph, const Node& node) {
  const auto* op = std::get_if<DepthwiseConv2d>(&node.op);
  if (op == nullptr || op->activation != Activation::kNone || !IsLinear(graph, node) ||
      graph[node.inputs[0]].shape != graph[node.outputs[0]].shape) {
    return false;
  }
  const Shape& weights = graph[node.inputs[1]].shape;
  return weights[1] == 1 && weights[2] == 1 &&
         AllEqual(*ConstantFloats(graph, node.inputs[1]), 1) &&
         AllEqual(BiasOf(graph, node), 0);
}

bool ClampsNothing(const Graph& graph, const Uses& uses, const Node& node) {
  const auto* relu = std::get_if<Relu>(&node.op);
  return relu != nullptr && relu->kind == Activation::kRelu &&
         IsNonnegative(graph, uses, node.inputs[0]);
}

}  // namespace

Graph RemoveIdentities(const Graph& graph) {
  const Uses uses(graph);
  Graph kept = graph;
  kept.nodes.clear();
  std::vector<ValueId> same(graph.values.size());
  for (std::size_t i = 0; i < same.size(); ++i) same[i] = static_cast<ValueId>(i);
  for (Node node : graph.nodes) {
    for (ValueId& id : node.inputs) id = same[Index(id)];
    if (CopiesEverything(graph, node) || MultipliesByOne(graph, node) ||
        ClampsNothing(graph, uses, node)) {
      same[Index(node.outputs[0])] = node.inputs[0];
      continue;
    }
    kept.nodes.push_back(std::move(node));
  }
  for (Port& port : kept.outputs) port.value = same[Index(port.value)];
  return WithoutDeadParts(kept);
}

}  // namespace kinglet
