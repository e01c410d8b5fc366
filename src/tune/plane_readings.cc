#include "tune/plane_readings.h"

#include <algorithm>

#include "ops/channel_rule.h"
#include "ops/linear.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool IsMover(const Op& op) { return IsOneOf<Reshape, Transpose, StridedSlice, Pad>(op); }

bool HandsPlanesOn(const Node& node) {
  const Op& op = node.op;
  const bool is_each = IsMover(op) || IsMean(op) || IsMaximum(op) ||
                       std::holds_alternative<Concatenation>(op);
  return is_each &&
         (ActivationOf(op) == nullptr || *ActivationOf(op) == Activation::kNone);
}

Reading ReadingOfSum(const Graph& graph, const Node& node) {
  if (HingeConstant(graph, node).has_value()) return Reading::kHinge;
  return std::holds_alternative<Add>(node.op) ? Reading::kSum : Reading::kWhole;
}

}  // namespace

bool IsMean(const Op& op) { return IsOneOf<AveragePool2d, Mean>(op); }
bool IsMaximum(const Op& op) { return IsOneOf<MaxPool2d, ReduceMax>(op); }

std::optional<std::size_t> HingeConstant(const Graph& graph, const Node& node) {
  if (!std::holds_alternative<Add>(node.op)) return std::nullopt;
  if (*ActivationOf(node.op) != Activation::kRelu) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    if (graph[node.inputs[i]].constant != nullptr) return i;
  }
  return std::nullopt;
}

Reading ReadingOf(const Graph& graph, const Node& node, std::size_t input) {
  if (HasLinearGeometry(node.op)) {
    const bool is_linear = input == 0 && IsLinear(graph, node);
    return is_linear ? Reading::kLinear : Reading::kWhole;
  }
  if (std::holds_alternative<Div>(node.op)) {
    return input == 0 ? Reading::kProduct : Reading::kWhole;
  }
  switch (ChannelRuleOf({graph, node})) {
    case ChannelRule::kAdds:
      return ReadingOfSum(graph, node);
    case ChannelRule::kMultiplies:
      return Reading::kProduct;
    default:
      break;
  }
  return HandsPlanesOn(node) ? Reading::kEach : Reading::kWhole;
}

bool IsReadWhole(const Graph& graph, ValueId id) {
  const auto is_it = [id](const Port& port) { return port.value == id; };
  if (std::ranges::any_of(graph.outputs, is_it)) return true;
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != id) continue;
      const Reading reading = ReadingOf(graph, node, i);
      if (reading == Reading::kWhole) return true;
      const bool hands_on = reading == Reading::kEach || reading == Reading::kHinge;
      if (hands_on && IsReadWhole(graph, node.outputs[0])) return true;
    }
  }
  return false;
}

bool CanSplit(const Graph& graph, ValueId id) {
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != id) continue;
      const Reading reading = ReadingOf(graph, node, i);
      if (reading == Reading::kEach && CanSplit(graph, node.outputs[0])) return true;
      if (reading != Reading::kWhole && reading != Reading::kEach) return true;
    }
  }
  return false;
}

}  // namespace kinglet
