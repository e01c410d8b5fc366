#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {

Graph FoldAffine(const Graph& graph) {
  return AbsorbIntoProducers(graph, [](Graph& g, Node& producer, const Node& node) {
    const auto affine = AffineOf(g, node);
    if (!affine.has_value() || !IsLinear(g, producer)) return false;
    Activation& clamp = *ActivationOf(producer.op);
    if (clamp != Activation::kNone) return false;
    clamp = *ActivationOf(node.op);
    ApplyAfter(g, producer, *affine);
    return true;
  });
}

}  // namespace kinglet
