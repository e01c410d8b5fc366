#include <algorithm>
#include <cmath>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// Factors above zero by which the node multiplies its input, channel by channel.
std::optional<std::vector<float>> Factors(const Graph& graph, const Node& node) {
  const auto affine = AffineOf(graph, node);
  const auto is_usable = [](float k) { return k > 0 && std::isnormal(k); };
  if (!affine.has_value() || !affine->offset.empty() || affine->scale.empty() ||
      *ActivationOf(node.op) != Activation::kNone ||
      !std::ranges::all_of(affine->scale, is_usable)) {
    return std::nullopt;
  }
  return affine->scale;
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
