// TensorFlow's runtime lets an addition write its result over an operand that nothing
// else reads and that is as large as the result: the first such operand. Its calibrator
// then reads that operand's buffer once more, result and all.
#include "quantize/quantize.h"

namespace kinglet {
namespace {

/// The operand whose memory the sum takes, or nothing.
std::optional<ValueId> Overwritten(const Graph& graph, const Uses& uses,
                                   const Node& node) {
  const Shape& shape = graph[node.outputs[0]].shape;
  for (const ValueId id : node.inputs) {
    const bool is_intermediate = uses.Producer(id).has_value();
    if (is_intermediate && uses.Count(id) == 1 && graph[id].shape == shape) return id;
  }
  return std::nullopt;
}

}  // namespace

Ranges WidenLikeTensorFlow(const Graph& graph, Ranges ranges) {
  const Uses uses(graph);
  for (const Node& node : graph.nodes) {
    if (!std::holds_alternative<Add>(node.op)) continue;
    const auto operand = Overwritten(graph, uses, node);
    if (!operand.has_value()) continue;
    const auto& sum = ranges[Index(node.outputs[0])];
    auto& own = ranges[Index(*operand)];
    if (sum.has_value() && own.has_value()) own = Union(*own, *sum);
  }
  return ranges;
}

}  // namespace kinglet
