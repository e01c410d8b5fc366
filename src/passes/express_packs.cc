// Operands of [1, 1, a, b] stacked along axis 1 or 2 lie one behind the other in memory:
// they can be concatenated along the axis that follows the new one, and then be seen
// under the shape of the stack.
#include <algorithm>

#include "ops/op_def.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool AreOnes(const Shape& shape, std::size_t count) {
  return std::all_of(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(count),
                     [](std::int64_t size) { return size == 1; });
}

/// Appends to `nodes` what concatenates `parts` into `out`. TensorFlow Lite Micro joins
/// ten tensors at a time.
void Join(Graph& graph, std::vector<ValueId> parts, std::size_t axis, ValueId out,
          const std::string& name, std::vector<Node>& nodes) {
  constexpr std::size_t kMostInputs = 10;
  const Concatenation join{static_cast<std::int64_t>(axis)};
  while (parts.size() > kMostInputs) {
    std::vector<ValueId> joined;
    for (std::size_t i = 0; i < parts.size(); i += kMostInputs) {
      const std::size_t end = std::min(i + kMostInputs, parts.size());
      const std::vector<ValueId> group(parts.begin() + static_cast<std::ptrdiff_t>(i),
                                       parts.begin() + static_cast<std::ptrdiff_t>(end));
      if (group.size() == 1) {
        joined.push_back(group[0]);
        continue;
      }
      Shape shape = graph[group[0]].shape;
      shape[axis] = 0;
      for (const ValueId part : group) shape[axis] += graph[part].shape[axis];
      joined.push_back(ValueLike(graph, out, shape));
      nodes.push_back({join, group, {joined.back()}, name});
    }
    parts = std::move(joined);
  }
  nodes.push_back({join, std::move(parts), {out}, name});
}

/// A concatenation and a reshape behind it.
std::vector<Node> JoinedThenReshaped(Graph& graph, const Node& pack, std::size_t axis) {
  const ValueId out = pack.outputs[0];
  Shape shape = graph[pack.inputs[0]].shape;
  const std::size_t along = std::min(axis, shape.size() - 1);
  shape[along] *= static_cast<std::int64_t>(pack.inputs.size());
  const ValueId joined = ValueLike(graph, out, shape);
  std::vector<Node> nodes;
  Join(graph, pack.inputs, along, joined, pack.name, nodes);
  nodes.push_back({Reshape{graph[out].shape}, {joined}, pack.outputs, pack.name});
  return nodes;
}

/// A reshape of every operand in front of a concatenation.
std::vector<Node> ReshapedThenJoined(Graph& graph, const Node& pack, std::size_t axis) {
  std::vector<Node> nodes;
  std::vector<ValueId> parts;
  for (const ValueId id : pack.inputs) {
    Shape shape = graph[id].shape;
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    parts.push_back(ValueLike(graph, pack.outputs[0], shape));
    nodes.push_back({Reshape{shape}, {id}, {parts.back()}, pack.name});
  }
  Join(graph, std::move(parts), axis, pack.outputs[0], pack.name, nodes);
  return nodes;
}

}  // namespace

Graph ExpressPacks(const Graph& graph) {
  Graph expressed = graph;
  expressed.nodes.clear();
  for (const Node& node : graph.nodes) {
    const auto* pack = std::get_if<Pack>(&node.op);
    if (pack == nullptr || graph[node.inputs[0]].shape.empty()) {
      expressed.nodes.push_back(node);
      continue;
    }
    const auto axis = static_cast<std::size_t>(pack->axis);
    const bool is_contiguous = AreOnes(graph[node.inputs[0]].shape, axis);
    for (Node& made : is_contiguous ? JoinedThenReshaped(expressed, node, axis)
                                    : ReshapedThenJoined(expressed, node, axis)) {
      expressed.nodes.push_back(std::move(made));
    }
  }
  return WithoutDeadParts(expressed);
}

}  // namespace kinglet
