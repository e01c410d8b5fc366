// SQUARE has no integer form: between other operations it would be an island of floats,
// with a conversion on either side.
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// The difference that makes the value for one reader, or null. Not one by which channels
/// are moved: that belongs into what makes them.
const Node* DifferenceFor(const Graph& graph, const Uses& uses, ValueId id) {
  const auto producer = uses.Producer(id);
  if (!producer.has_value() || uses.Count(id) != 1) return nullptr;
  const Node& node = graph.nodes[*producer];
  const auto* sub = std::get_if<Sub>(&node.op);
  const bool is_plain = sub != nullptr && sub->activation == Activation::kNone &&
                        !AffineOf(graph, node).has_value();
  return is_plain ? &node : nullptr;
}

}  // namespace

Graph ExpressSquares(const Graph& graph) {
  const Uses uses(graph);
  Graph expressed = graph;
  for (Node& node : expressed.nodes) {
    if (!std::holds_alternative<Square>(node.op)) continue;
    const bool is_alone = !uses.Producer(node.inputs[0]).has_value() &&
                          uses.Readers(node.outputs[0]).empty();
    if (is_alone) continue;
    if (const Node* sub = DifferenceFor(graph, uses, node.inputs[0])) {
      node.op = SquaredDifference{};
      node.inputs = sub->inputs;
    } else {
      node.op = Mul{};
      node.inputs.push_back(node.inputs[0]);
    }
  }
  return WithoutDeadParts(expressed);
}

}  // namespace kinglet
