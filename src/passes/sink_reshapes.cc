// f(reshape(x)) = reshape(f(x)) where f looks at each element alone, or at its channel
// and the reshape keeps the channels. The operation so meets the producer that can absorb
// it, and the reshape the next one.
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

template <typename... Kinds>
bool IsOneOf(const Op& op) {
  return (std::holds_alternative<Kinds>(op) || ...);
}

bool IsUnary(const Op& op) {
  return IsOneOf<Abs, Ceil, Cos, Elu, Exp, Floor, Gelu, HardSwish, LeakyRelu, Log,
                 Logistic, Neg, Relu, Round, Rsqrt, Sin, Sqrt, Square, Tanh>(op);
}

/// Whether the node works on `in`, what the reshape reads, as it does on its result.
bool Commutes(const Graph& graph, const Node& node, const Shape& in) {
  if (IsUnary(node.op)) return true;
  if (!AffineOf(graph, node).has_value()) return false;
  const bool first_constant = graph[node.inputs[0]].constant != nullptr;
  const Value& constant = graph[node.inputs[first_constant ? 0 : 1]];
  if (constant.shape.size() > in.size()) return false;
  const bool keeps_channels =
      !in.empty() && in.back() == graph[node.outputs[0]].shape.back();
  return ElementCount(constant.shape) == 1 || keeps_channels;
}

/// The nodes that `node` becomes behind a reshape, or just itself.
std::vector<Node> Swapped(Graph& graph, const Uses& uses, const Node& node,
                          const Node& reshape) {
  const Shape in = graph[reshape.inputs[0]].shape;
  if (uses.Count(reshape.outputs[0]) != 1 || !Commutes(graph, node, in)) return {node};
  Value early = graph[node.outputs[0]];
  early.shape = in;
  const ValueId result = graph.AddValue(std::move(early));
  Node first = node;
  for (ValueId& id : first.inputs) {
    if (id == reshape.outputs[0]) id = reshape.inputs[0];
  }
  first.outputs = {result};
  const Shape out = graph[node.outputs[0]].shape;
  return {first, {Reshape{out}, {result}, node.outputs, reshape.name}};
}

}  // namespace

Graph SinkReshapes(const Graph& graph) {
  const Uses uses(graph);
  Graph sunk = graph;
  sunk.nodes.clear();
  for (const Node& node : graph.nodes) {
    const auto operand = OnlyComputedInput(graph, node);
    const auto producer = operand.has_value() ? uses.Producer(*operand) : std::nullopt;
    if (!producer.has_value() ||
        !std::holds_alternative<Reshape>(graph.nodes[*producer].op)) {
      sunk.nodes.push_back(node);
      continue;
    }
    for (Node& made : Swapped(sunk, uses, node, graph.nodes[*producer])) {
      sunk.nodes.push_back(std::move(made));
    }
  }
  return WithoutDeadParts(sunk);
}

}  // namespace kinglet
