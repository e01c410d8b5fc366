// The list of passes. Folding comes before fusing, since a clamped result takes no
// factor; merging equal nodes comes late, since a shared result takes neither.
#include "base/check.h"
#include "passes/passes.h"

namespace kinglet {

const std::vector<Pass>& Passes() {
  static const std::vector<Pass> kPasses = {
      {"remove_identities", RemoveIdentities},     // slices and reshapes of everything
      {"merge_movers", MergeMovers},               // one transpose or reshape for two
      {"fold_padding", FoldPadding},               // zero padding into convolutions
      {"fold_affine", FoldAffine},                 // batch normalization into weights
      {"fuse_activations", FuseActivations},       // clamps into their producers
      {"fold_positive_scale", FoldPositiveScale},  // factors behind a clamp into weights
      {"remove_identities", RemoveIdentities},     // what folding left without effect
      {"merge_equal_nodes", MergeEqualNodes},      // common subexpressions
  };
  return kPasses;
}

Graph Optimize(const Graph& graph, const PassListener& listener) {
  Graph current = graph;
  for (const Pass& pass : Passes()) {
    current = pass.run(current);
    const auto problem = StructureProblem(current);
    Check(!problem.has_value(), problem.value_or(""));
    if (listener) listener(pass.name, current);
  }
  return current;
}

}  // namespace kinglet
