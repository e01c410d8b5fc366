#include "tune/plane_readings.h"

#include <algorithm>

#include "ops/channel_rule.h"
#include "ops/linear.h"
#include "ops/op_def.h"
#include "ops/pointwise.h"
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

std::vector<const Node*> FunctionFrom(const Graph& graph, const Node& node) {
  if (!OperandOfElements(graph, node).has_value()) return {};
  std::vector<const Node*> rest;
  for (const Node& next : graph.nodes) {
    if (std::ranges::count(next.inputs, node.outputs[0]) == 0) continue;
    rest = FunctionFrom(graph, next);
    if (!rest.empty()) break;
  }
  if (rest.empty() && !IsCurved(node.op)) return {};
  rest.insert(rest.begin(), &node);
  return rest;
}

Reading ReadingOf(const Graph& graph, const Node& node, std::size_t input) {
  if (!FunctionFrom(graph, node).empty()) return Reading::kFunction;
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

namespace {

/// One read of a value.
struct Read {
  const Node* node = nullptr;
  Reading reading = Reading::kWhole;
};

std::vector<Read> ReadsOf(const Graph& graph, ValueId id) {
  std::vector<Read> reads;
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == id) reads.push_back({&node, ReadingOf(graph, node, i)});
    }
  }
  return reads;
}

}  // namespace

std::vector<const Node*> FunctionOf(const Graph& graph, ValueId id) {
  for (const auto& [node, reading] : ReadsOf(graph, id)) {
    if (reading == Reading::kFunction) return FunctionFrom(graph, *node);
    if (reading != Reading::kEach) continue;
    auto further = FunctionOf(graph, node->outputs[0]);
    if (!further.empty()) return further;
  }
  return {};
}

bool IsReadWhole(const Graph& graph, ValueId id) {
  const auto is_it = [id](const Port& port) { return port.value == id; };
  if (std::ranges::any_of(graph.outputs, is_it)) return true;
  return std::ranges::any_of(ReadsOf(graph, id), [&](const Read& read) {
    switch (read.reading) {
      case Reading::kWhole:
      case Reading::kFunction:
        return true;
      case Reading::kEach:
      case Reading::kHinge:
        return IsReadWhole(graph, read.node->outputs[0]);
      default:
        return false;
    }
  });
}

bool CanSplit(const Graph& graph, ValueId id) {
  return std::ranges::any_of(ReadsOf(graph, id), [&](const Read& read) {
    if (read.reading == Reading::kEach) return CanSplit(graph, read.node->outputs[0]);
    return read.reading != Reading::kWhole;
  });
}

}  // namespace kinglet
