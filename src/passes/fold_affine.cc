#include <algorithm>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

std::vector<float> Mapped(std::vector<float> values, float (*map)(float)) {
  std::ranges::transform(values, values.begin(), map);
  return values;
}

/// The node as an affine map of its computed operand, or nothing.
std::optional<Affine> AffineOf(const Graph& graph, const Node& node) {
  const Activation* activation = ActivationOf(node.op);
  if (node.inputs.size() != 2 || activation == nullptr ||
      *activation != Activation::kNone) {
    return std::nullopt;
  }
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

}  // namespace

Graph FoldAffine(const Graph& graph) {
  return AbsorbIntoProducers(graph, [](Graph& g, Node& producer, const Node& node) {
    const auto affine = AffineOf(g, node);
    if (!affine.has_value() || !IsLinear(g, producer) ||
        *ActivationOf(producer.op) != Activation::kNone) {
      return false;
    }
    ApplyAfter(g, producer, *affine);
    return true;
  });
}

}  // namespace kinglet
