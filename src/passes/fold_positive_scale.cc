#include <algorithm>
#include <cmath>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool IsPointwise(const Graph& graph, const Node& node) {
  const auto& op = std::get<DepthwiseConv2d>(node.op);
  const Shape& weights = graph[node.inputs[1]].shape;
  return op.stride_h == 1 && op.stride_w == 1 && weights[1] == 1 && weights[2] == 1 &&
         weights[3] == graph[node.inputs[0]].shape.back();
}

/// Factors above zero by which the node multiplies its input, channel by channel.
std::optional<std::vector<float>> Factors(const Graph& graph, const Node& node) {
  const auto* op = std::get_if<DepthwiseConv2d>(&node.op);
  if (op == nullptr || op->activation != Activation::kNone || !IsLinear(graph, node) ||
      !IsPointwise(graph, node) ||
      !std::ranges::all_of(BiasOf(graph, node), [](float b) { return b == 0; })) {
    return std::nullopt;
  }
  auto factors = PerChannel(graph, node.inputs[1], graph[node.outputs[0]].shape.back());
  const auto is_usable = [](float k) { return k > 0 && std::isnormal(k); };
  if (!factors.has_value() || !std::ranges::all_of(*factors, is_usable))
    return std::nullopt;
  return factors;
}

}  // namespace

Graph FoldPositiveScale(const Graph& graph) {
  return AbsorbIntoProducers(graph, [](Graph& g, Node& producer, const Node& node) {
    const auto factors = Factors(g, node);
    if (!factors.has_value() || !IsLinear(g, producer) ||
        *ActivationOf(producer.op) != Activation::kRelu) {
      return false;
    }
    ApplyAfter(g, producer, {*factors, {}});
    return true;
  });
}

}  // namespace kinglet
