#include "passes/rewrite.h"

#include <algorithm>

namespace kinglet {
namespace {

/// Axis of the weights that counts output channels.
std::size_t OutputAxis(const Op& op) {
  constexpr std::size_t kDepthwiseAxis = 3;
  return std::holds_alternative<DepthwiseConv2d>(op) ? kDepthwiseAxis : 0;
}

Tensor Scaled(Tensor weights, std::size_t axis, std::span<const float> scale) {
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < weights.shape().size(); ++i) {
    inner *= static_cast<std::size_t>(weights.shape()[i]);
  }
  const std::span<float> elements = weights.Data<float>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] *= scale[i / inner % scale.size()];
  }
  return weights;
}

}  // namespace

Activation* ActivationOf(Op& op) {
  return std::visit(
      []<typename Typed>(Typed& typed) -> Activation* {
        if constexpr (requires { typed.activation; }) return &typed.activation;
        return nullptr;
      },
      op);
}

const Activation* ActivationOf(const Op& op) {
  return std::visit(
      []<typename Typed>(const Typed& typed) -> const Activation* {
        if constexpr (requires { typed.activation; }) return &typed.activation;
        return nullptr;
      },
      op);
}

bool IsLinear(const Graph& graph, const Node& node) {
  const bool is_kind = std::holds_alternative<Conv2d>(node.op) ||
                       std::holds_alternative<DepthwiseConv2d>(node.op) ||
                       std::holds_alternative<FullyConnected>(node.op);
  return is_kind &&
         std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&graph](ValueId id) {
           return ConstantFloats(graph, id).has_value();
         });
}

std::optional<std::span<const float>> ConstantFloats(const Graph& graph, ValueId id) {
  const auto& constant = graph[id].constant;
  if (constant == nullptr || constant->dtype() != DType::kFloat32) return std::nullopt;
  return constant->Data<float>();
}

std::optional<std::vector<float>> PerChannel(const Graph& graph, ValueId id,
                                             std::int64_t channels) {
  const auto floats = ConstantFloats(graph, id);
  if (!floats.has_value()) return std::nullopt;
  const auto count = static_cast<std::size_t>(channels);
  if (floats->size() == 1) return std::vector<float>(count, floats->front());
  const Shape& shape = graph[id].shape;
  if (floats->size() != count || shape.back() != channels) return std::nullopt;
  return std::vector<float>(floats->begin(), floats->end());
}

std::vector<float> BiasOf(const Graph& graph, const Node& linear) {
  if (linear.inputs.size() > 2) {
    const auto bias = graph[linear.inputs[2]].constant->Data<float>();
    return {bias.begin(), bias.end()};
  }
  const Shape& weights = graph[linear.inputs[1]].shape;
  return std::vector<float>(static_cast<std::size_t>(weights[OutputAxis(linear.op)]));
}

void ApplyAfter(Graph& graph, Node& linear, const Affine& affine) {
  std::vector<float> bias = BiasOf(graph, linear);
  if (!affine.scale.empty()) {
    const Value& old = graph[linear.inputs[1]];
    const std::string name = old.name;
    Tensor scaled = Scaled(*old.constant, OutputAxis(linear.op), affine.scale);
    linear.inputs[1] = graph.AddConstant(name, std::move(scaled));
  }
  for (std::size_t c = 0; c < bias.size(); ++c) {
    if (!affine.scale.empty()) bias[c] *= affine.scale[c];
    if (!affine.offset.empty()) bias[c] += affine.offset[c];
  }
  linear.inputs.resize(2);
  linear.inputs.push_back(graph.AddConstant(
      linear.name + "/bias", Tensor::Of<float>({static_cast<std::int64_t>(bias.size())},
                                               std::span<const float>(bias))));
}

std::optional<ValueId> OnlyComputedInput(const Graph& graph, const Node& node) {
  std::optional<ValueId> computed;
  for (const ValueId id : node.inputs) {
    if (graph[id].constant != nullptr) continue;
    if (computed.has_value()) return std::nullopt;
    computed = id;
  }
  return computed;
}

Graph AbsorbIntoProducers(const Graph& graph, const Absorb& absorb) {
  const Uses uses(graph);
  Graph rewritten = graph;
  rewritten.nodes.clear();
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> maker(graph.values.size(), kNone);  // by value
  for (const Node& node : graph.nodes) {
    const auto input = OnlyComputedInput(graph, node);
    const bool is_offered = input.has_value() && node.outputs.size() == 1 &&
                            uses.Count(*input) == 1 && maker[Index(*input)] != kNone;
    if (is_offered) {
      const std::size_t producer = maker[Index(*input)];
      Node changed = rewritten.nodes[producer];
      if (changed.outputs.size() == 1 && absorb(rewritten, changed, node)) {
        changed.outputs = node.outputs;
        rewritten.nodes[producer] = std::move(changed);
        maker[Index(node.outputs[0])] = producer;
        continue;
      }
    }
    for (const ValueId id : node.outputs) maker[Index(id)] = rewritten.nodes.size();
    rewritten.nodes.push_back(node);
  }
  return WithoutDeadParts(rewritten);
}

}  // namespace kinglet
