#include "passes/rewrite.h"

#include <algorithm>

namespace kinglet {
namespace {

/// Axis of the weights that counts output channels.
std::size_t OutputAxis(const Op& op) {
  constexpr std::size_t kDepthwiseAxis = 3;
  return std::holds_alternative<DepthwiseConv2d>(op) ? kDepthwiseAxis : 0;
}

std::vector<float> Mapped(std::vector<float> values, float (*map)(float)) {
  std::ranges::transform(values, values.begin(), map);
  return values;
}

/// One scale an index on `axis`, or one for all.
Tensor Scaled(Tensor weights, std::size_t axis, std::span<const float> scale) {
  const std::span<float> elements = weights.Data<float>();
  ForStretches(weights.shape(), axis,
               [&](std::size_t i, std::size_t first, std::size_t count) {
                 const float factor = scale[scale.size() == 1 ? 0 : i];
                 for (float& element : elements.subspan(first, count)) element *= factor;
               });
  return weights;
}

/// Input channel that an element of the weights meets, of `channels` in all. Groups of a
/// convolution read one part of the channels each.
std::size_t InputChannel(const Op& op, const Shape& weights, std::size_t element,
                         std::size_t channels) {
  if (channels == 1) return 0;
  const auto last = static_cast<std::size_t>(weights.back());
  if (std::holds_alternative<DepthwiseConv2d>(op)) {
    return element % last / (last / channels);
  }
  const std::size_t groups = channels / last;
  const std::size_t block = static_cast<std::size_t>(ElementCount(weights)) / groups;
  return element / block * last + element % last;
}

/// Per output channel, the sum of w * offset[input channel].
std::vector<double> SumsOf(const Op& op, const Tensor& weights,
                           std::span<const float> offset) {
  const auto outputs = static_cast<std::size_t>(weights.shape()[OutputAxis(op)]);
  const std::span<const float> elements = weights.Data<float>();
  const bool is_depthwise = std::holds_alternative<DepthwiseConv2d>(op);
  std::vector<double> sums(outputs);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::size_t output =
        is_depthwise ? i % outputs : i / (elements.size() / outputs);
    sums[output] +=
        static_cast<double>(elements[i]) *
        static_cast<double>(offset[InputChannel(op, weights.shape(), i, offset.size())]);
  }
  return sums;
}

void SetBias(Graph& graph, Node& linear, const std::vector<float>& bias) {
  linear.inputs.resize(2);
  linear.inputs.push_back(graph.AddConstant(
      linear.name + "/bias", Tensor::Of<float>({static_cast<std::int64_t>(bias.size())},
                                               std::span<const float>(bias))));
}

/// Whether each output of a depthwise convolution is one input times one weight.
bool IsPointwise(const Graph& graph, const Node& depthwise) {
  const auto& op = std::get<DepthwiseConv2d>(depthwise.op);
  const Shape& weights = graph[depthwise.inputs[1]].shape;
  return op.stride_h == 1 && op.stride_w == 1 && weights[1] == 1 && weights[2] == 1 &&
         weights[3] == graph[depthwise.inputs[0]].shape.back();
}

std::optional<Affine> AffineOfDepthwise(const Graph& graph, const Node& node) {
  if (!IsLinear(graph, node) || !IsPointwise(graph, node)) return std::nullopt;
  const auto weights = *ConstantFloats(graph, node.inputs[1]);
  std::vector<float> bias = BiasOf(graph, node);
  if (std::ranges::all_of(bias, [](float b) { return b == 0; })) bias.clear();
  return Affine{{weights.begin(), weights.end()}, std::move(bias)};
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
                       std::holds_alternative<FullyConnected>(node.op) ||
                       std::holds_alternative<TransposeConv>(node.op);
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

bool AllEqual(std::span<const float> values) {
  return std::ranges::all_of(values, [&](float v) { return v == values.front(); });
}

std::optional<Affine> AffineOf(const Graph& graph, const Node& node) {
  if (std::holds_alternative<DepthwiseConv2d>(node.op)) {
    return AffineOfDepthwise(graph, node);
  }
  if (node.inputs.size() != 2) return std::nullopt;
  const bool first_constant = graph[node.inputs[0]].constant != nullptr;
  const Shape& x = graph[node.inputs[first_constant ? 1 : 0]].shape;
  if (x.empty() || x != graph[node.outputs[0]].shape) return std::nullopt;
  const auto c = PerChannel(graph, node.inputs[first_constant ? 0 : 1], x.back());
  if (!c.has_value()) return std::nullopt;
  if (std::holds_alternative<Mul>(node.op)) return Affine{*c, {}};
  if (std::holds_alternative<Add>(node.op)) return Affine{{}, *c};
  if (first_constant) return std::nullopt;
  if (std::holds_alternative<Sub>(node.op)) {
    return Affine{{}, Mapped(*c, [](float v) { return -v; })};
  }
  if (std::holds_alternative<Div>(node.op)) {
    return Affine{Mapped(*c, [](float v) { return 1.0F / v; }), {}};
  }
  return std::nullopt;
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
  SetBias(graph, linear, bias);
}

Tensor ScaledInputs(const Op& op, Tensor weights, std::span<const float> scale) {
  const std::span<float> elements = weights.Data<float>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] *= scale[InputChannel(op, weights.shape(), i, scale.size())];
  }
  return weights;
}

void ApplyBefore(Graph& graph, Node& linear, const Affine& affine) {
  const Value& old = graph[linear.inputs[1]];
  const std::string name = old.name;
  const Tensor weights = *old.constant;
  if (!affine.scale.empty()) {
    linear.inputs[1] =
        graph.AddConstant(name, ScaledInputs(linear.op, weights, affine.scale));
  }
  if (affine.offset.empty()) return;
  std::vector<float> bias = BiasOf(graph, linear);
  const std::vector<double> added = SumsOf(linear.op, weights, affine.offset);
  for (std::size_t c = 0; c < bias.size(); ++c) {
    bias[c] += static_cast<float>(added[c]);
  }
  SetBias(graph, linear, bias);
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

ValueId ValueLike(Graph& graph, ValueId like, const Shape& shape) {
  Value value = graph[like];
  value.shape = shape;
  return graph.AddValue(std::move(value));
}

Graph AbsorbIntoProducers(const Graph& graph, const Absorb& absorb) {
  const Uses uses(graph);
  Graph rewritten = graph;
  rewritten.nodes.clear();
  constexpr auto kNone = static_cast<std::size_t>(-1);
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
