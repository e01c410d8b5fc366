#include "tune/start_graph.h"

#include "passes/passes.h"

namespace kinglet {

Graph StartGraph(const Graph& model, bool can_spend_products) {
  Graph merged = MergeAffineMaps(MergeHinges(model));
  return can_spend_products ? SplitBands(merged) : merged;
}

}  // namespace kinglet
