// SQUARE has no integer form: between other operations it would be an island of floats,
// with a conversion on either side.
#include "passes/passes.h"

namespace kinglet {

Graph ExpressSquares(const Graph& graph) {
  const Uses uses(graph);
  Graph expressed = graph;
  for (Node& node : expressed.nodes) {
    if (!std::holds_alternative<Square>(node.op)) continue;
    const bool is_alone = !uses.Producer(node.inputs[0]).has_value() &&
                          uses.Readers(node.outputs[0]).empty();
    if (is_alone) continue;
    node.op = Mul{};
    node.inputs.push_back(node.inputs[0]);
  }
  return expressed;
}

}  // namespace kinglet
