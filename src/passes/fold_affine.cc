#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
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
