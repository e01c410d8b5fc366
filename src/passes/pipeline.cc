// The list of passes, run again until none finds anything to do. Folding comes before
// fusing, since a clamped result takes no factor. When all else is done, slices leave out
// axes, which would keep reshapes from meeting each other, and equal nodes are merged,
// since a shared result takes neither.
#include <span>
#include <vector>

#include "base/check.h"
#include "passes/passes.h"

namespace kinglet {
namespace {

/// More than any chain of rewrites that enable each other.
constexpr int kMostRounds = 50;
constexpr std::size_t kLast = 2;  // passes that wait for the others

Graph Run(const Pass& pass, const Graph& graph, const PassListener& listener) {
  Graph result = pass.run(graph);
  const auto problem = StructureProblem(result);
  Check(!problem.has_value(), problem.value_or(""));
  if (listener) listener(pass.name, result);
  return result;
}

/// Runs the passes until they change nothing.
Graph Settled(Graph graph, std::span<const Pass> passes, const PassListener& listener) {
  for (int round = 0; round < kMostRounds; ++round) {
    Graph next = graph;
    for (const Pass& pass : passes) next = Run(pass, next, listener);
    if (next == graph) break;
    graph = std::move(next);
  }
  return graph;
}

Graph InTwoStages(const Graph& graph, std::span<const Pass> passes,
                  const PassListener& listener) {
  const auto first = passes.first(passes.size() - kLast);
  return Settled(Settled(graph, first, listener), passes, listener);
}

}  // namespace

const std::vector<Pass>& Passes() {
  static const std::vector<Pass> kPasses = {
      {"fold_constants", FoldConstants},               // what no input reaches
      {"express_packs", ExpressPacks},                 // what few devices have
      {"express_squares", ExpressSquares},             // what has no integer form
      {"express_weighted_sums", ExpressWeightedSums},  // rounded once instead of twice
      {"remove_identities", RemoveIdentities},     // slices and reshapes of everything
      {"recover_hard_swish", RecoverHardSwish},    // before its parts are folded
      {"merge_movers", MergeMovers},               // one transpose or reshape for two
      {"sink_movers", SinkMovers},                 // out of the way of what follows
      {"fold_transposes", FoldTransposes},         // into products of matrices
      {"sink_negations", SinkNegations},           // out of masks
      {"fold_padding", FoldPadding},               // zero padding into convolutions
      {"fold_affine", FoldAffine},                 // batch normalization into weights
      {"fold_affine_before", FoldAffineBefore},    // scaled inputs into weights
      {"fuse_activations", FuseActivations},       // clamps into their producers
      {"fold_positive_scale", FoldPositiveScale},  // factors behind a clamp into weights
      {"drop_sliced_axes", DropSlicedAxes},        // reshapes into slices, reductions
      {"merge_equal_nodes", MergeEqualNodes},      // common subexpressions
  };
  return kPasses;
}

Graph Optimize(const Graph& graph, const PassListener& listener) {
  return InTwoStages(graph, Passes(), listener);
}

Graph OptimizeForOneScale(const Graph& graph) {
  std::vector<Pass> passes = Passes();
  for (Pass& pass : passes) {
    if (pass.run == FoldPositiveScale) pass.run = FoldPositiveScaleInOneScale;
  }
  return InTwoStages(graph, passes, nullptr);
}

Graph OptimizeForFloats(const Graph& graph) {
  std::vector<Pass> passes = Passes();
  std::erase_if(passes, [](const Pass& pass) { return pass.run == FoldAffineBefore; });
  return InTwoStages(graph, passes, nullptr);
}

}  // namespace kinglet
