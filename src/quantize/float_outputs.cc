#include "quantize/float_outputs.h"

#include <fmt/format.h>

#include <optional>

namespace kinglet {
namespace {

bool IsOutputActivation(const Node& node) {
  return IsOneOf<L2Normalization, Logistic, LogSoftmax, Softmax>(node.op);
}

/// The activation whose result the node alone turns into floats, or null.
const Node* ActivationBefore(const Graph& graph, const Uses& uses, const Node& node) {
  if (!std::holds_alternative<Dequantize>(node.op)) return nullptr;
  const auto maker = uses.Producer(node.inputs[0]);
  if (!maker.has_value() || uses.Count(node.inputs[0]) != 1) return nullptr;
  const Node& activation = graph.nodes[*maker];
  return IsOutputActivation(activation) ? &activation : nullptr;
}

}  // namespace

QuantizedGraph WithFloatOutputs(const QuantizedGraph& quantized) {
  const Graph& graph = quantized.graph;
  const Uses uses(graph);
  QuantizedGraph result = quantized;
  result.graph.nodes.clear();
  for (const Node& node : graph.nodes) {
    const Node* activation = ActivationBefore(graph, uses, node);
    if (activation == nullptr) {
      result.graph.nodes.push_back(node);
      continue;
    }
    Value operand = graph[node.outputs[0]];
    operand.name = graph[activation->inputs[0]].name + "/float";
    const ValueId floats = result.graph.AddValue(std::move(operand));
    result.graph.nodes.push_back(
        {Dequantize{}, {activation->inputs[0]}, {floats}, activation->name});
    result.graph.nodes.push_back(
        {activation->op, {floats}, node.outputs, activation->name});
    result.float_operators.push_back(
        fmt::format("{} ({})", activation->name, NameOf(activation->op)));
  }
  result.graph = WithoutDeadParts(result.graph);
  return result;
}

}  // namespace kinglet
