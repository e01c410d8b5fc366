#include "ops/pointwise.h"

#include <utility>
#include <vector>

#include "ops/evaluate.h"
#include "ops/op_def.h"

namespace kinglet {

bool IsPointwise(const Op& op) {
  return IsOneOf<Abs, Ceil, Cos, Elu, Exp, Floor, Gelu, HardSwish, LeakyRelu, Log,
                 Logistic, Neg, Relu, Round, Rsqrt, Sin, Sqrt, Square, Tanh>(op);
}

bool IsCurved(const Op& op) {
  return IsOneOf<Cos, Elu, Exp, Gelu, HardSwish, Log, Logistic, Rsqrt, Sin, Sqrt, Square,
                 Tanh>(op) &&
         DefOf(op).has_int8(op);
}

bool HasPoles(const Op& op) { return IsOneOf<Div, Log, Pow, Rsqrt>(op); }

bool IsArithmetic(const Op& op) {
  return IsOneOf<Add, Div, Maximum, Minimum, Mul, Pow, SquaredDifference, Sub>(op);
}

std::optional<std::size_t> OperandOfElements(const Graph& graph, const Node& node) {
  if (!IsPointwise(node.op) && !IsArithmetic(node.op)) return std::nullopt;
  std::optional<std::size_t> computed;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (graph[node.inputs[i]].constant != nullptr) continue;
    if (computed.has_value()) return std::nullopt;
    computed = i;
  }
  const bool is_whole = computed.has_value() && graph[node.inputs[*computed]].shape ==
                                                    graph[node.outputs[0]].shape;
  return is_whole ? computed : std::nullopt;
}

Tensor ResultFor(const Graph& graph, const Node& node, const Tensor& operand) {
  const std::size_t place = *OperandOfElements(graph, node);
  Graph alone;
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Value& value = graph[node.inputs[i]];
    inputs.push_back(
        alone.AddConstant(value.name, i == place ? operand : *value.constant));
  }
  AddNode(alone, node.op, std::move(inputs), node.name);
  return std::move(Evaluate({alone, alone.nodes.front()}).front());
}

}  // namespace kinglet
