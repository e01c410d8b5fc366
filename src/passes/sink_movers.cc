// f(reshape(x)) = reshape(f(x)) where f looks at each element alone, or at its channel
// and the reshape keeps the channels; so it is for transpositions. The operation so meets
// the producer that can absorb it, and the mover the next one.
#include <map>

#include "ops/pointwise.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool KeepsChannels(const Graph& graph, const Node& mover) {
  if (const auto* transpose = std::get_if<Transpose>(&mover.op)) {
    const Ints& perm = transpose->perm;
    return perm.back() == static_cast<std::int64_t>(perm.size()) - 1;
  }
  const Shape& in = graph[mover.inputs[0]].shape;
  return !in.empty() && in.back() == graph[mover.outputs[0]].shape.back();
}

/// Whether the node works on what the mover reads as it does on its result.
bool Commutes(const Graph& graph, const Node& node, const Node& mover) {
  if (IsPointwise(node.op)) return true;
  if (IsOneOf<DepthwiseConv2d>(node.op)) return false;  // has its own idea of axes
  if (!AffineOf(graph, node).has_value()) return false;
  const bool first_constant = graph[node.inputs[0]].constant != nullptr;
  const Value& constant = graph[node.inputs[first_constant ? 0 : 1]];
  if (constant.shape.size() > graph[mover.inputs[0]].shape.size()) return false;
  return ElementCount(constant.shape) == 1 || KeepsChannels(graph, mover);
}

/// The nodes that `node` becomes behind a mover, or just itself.
std::vector<Node> Swapped(Graph& graph, const Uses& uses, const Node& node,
                          const Node& mover) {
  const Shape in = graph[mover.inputs[0]].shape;
  if (uses.Count(mover.outputs[0]) != 1 || !Commutes(graph, node, mover)) return {node};
  Value early = graph[node.outputs[0]];
  early.shape = in;
  const ValueId result = graph.AddValue(std::move(early));
  Node first = node;
  for (ValueId& id : first.inputs) {
    if (id == mover.outputs[0]) id = mover.inputs[0];
  }
  first.outputs = {result};
  const bool is_transpose = IsOneOf<Transpose>(mover.op);
  const Op last = is_transpose ? mover.op : Reshape{graph[node.outputs[0]].shape};
  return {first, {last, {result}, node.outputs, mover.name}};
}

}  // namespace

Graph SinkMovers(const Graph& graph) {
  const Uses uses(graph);
  Graph sunk = graph;
  sunk.nodes.clear();
  // By what they make, those that sank as well: the next node in a chain meets them.
  std::map<ValueId, Node> movers;
  for (const Node& node : graph.nodes) {
    const auto operand = OnlyComputedInput(graph, node);
    const auto mover = operand.has_value() ? movers.find(*operand) : movers.end();
    std::vector<Node> made = {node};
    if (mover != movers.end()) made = Swapped(sunk, uses, node, mover->second);
    for (Node& next : made) {
      if (IsOneOf<Reshape, Transpose>(next.op)) {
        movers.insert_or_assign(next.outputs[0], next);
      }
      sunk.nodes.push_back(std::move(next));
    }
  }
  return WithoutDeadParts(sunk);
}

}  // namespace kinglet
