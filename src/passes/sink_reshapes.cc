// f(reshape(x)) = reshape(f(x)) where f looks at each element alone, or at its channel
// and the reshape keeps the channels. The operation so meets the producer that can absorb
// it, and the reshape the next one.
#include <map>

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
  if (IsOneOf<DepthwiseConv2d>(node.op)) return false;  // has its own idea of axes
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
  // By what they make, those that sank as well: the next node in a chain meets them.
  std::map<ValueId, Node> reshapes;
  for (const Node& node : graph.nodes) {
    const auto operand = OnlyComputedInput(graph, node);
    const auto reshape = operand.has_value() ? reshapes.find(*operand) : reshapes.end();
    std::vector<Node> made = {node};
    if (reshape != reshapes.end()) made = Swapped(sunk, uses, node, reshape->second);
    for (Node& next : made) {
      if (std::holds_alternative<Reshape>(next.op)) {
        reshapes.insert_or_assign(next.outputs[0], next);
      }
      sunk.nodes.push_back(std::move(next));
    }
  }
  return WithoutDeadParts(sunk);
}

}  // namespace kinglet
