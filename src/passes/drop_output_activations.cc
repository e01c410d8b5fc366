// A mover behind the activation moves its operand as well: it is repeated over that.
#include "ops/op_def.h"
#include "passes/passes.h"

namespace kinglet {
namespace {

bool IsActivation(const Op& op) {
  return std::holds_alternative<Logistic>(op) || std::holds_alternative<Softmax>(op) ||
         std::holds_alternative<LogSoftmax>(op);
}

bool IsMover(const Op& op) {
  return std::holds_alternative<Reshape>(op) || std::holds_alternative<Transpose>(op);
}

/// The value without the activation that makes it, appended to the graph where there is a
/// mover in between; nothing where no activation does.
std::optional<ValueId> Logits(Graph& graph, ValueId id) {
  const auto producer = Uses(graph).Producer(id);
  if (!producer.has_value()) return std::nullopt;
  const Node node = graph.nodes[*producer];
  if (IsActivation(node.op)) return node.inputs[0];
  if (!IsMover(node.op)) return std::nullopt;
  const auto before = Logits(graph, node.inputs[0]);
  if (!before.has_value()) return std::nullopt;
  return AddNode(graph, node.op, {*before}, node.name);
}

}  // namespace

LogitOutputs DropOutputActivations(const Graph& graph) {
  LogitOutputs result{.graph = graph, .dropped = {}, .others = {}};
  for (Port& port : result.graph.outputs) {
    const auto logits = Logits(result.graph, port.value);
    (logits.has_value() ? result.dropped : result.others).push_back(port.name);
    port.value = logits.value_or(port.value);
  }
  result.graph = WithoutDeadParts(result.graph);
  return result;
}

}  // namespace kinglet
