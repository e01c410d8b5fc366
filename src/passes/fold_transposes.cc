// A matrix product reads its operands transposed or not.
#include <numeric>
#include <utility>

#include "passes/passes.h"

namespace kinglet {
namespace {

/// What the transposition of matrices that makes the value reads, or nothing.
std::optional<ValueId> BeforeTransposition(const Graph& graph, const Uses& uses,
                                           ValueId id) {
  const auto producer = uses.Producer(id);
  if (!producer.has_value()) return std::nullopt;
  const Node& node = graph.nodes[*producer];
  const auto* transpose = std::get_if<Transpose>(&node.op);
  if (transpose == nullptr || transpose->perm.size() < 2) return std::nullopt;
  Ints perm(transpose->perm.size());
  std::iota(perm.begin(), perm.end(), 0);
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  if (perm != transpose->perm) return std::nullopt;
  return node.inputs[0];
}

}  // namespace

Graph FoldTransposes(const Graph& graph) {
  const Uses uses(graph);
  Graph folded = graph;
  for (Node& node : folded.nodes) {
    auto* product = std::get_if<BatchMatMul>(&node.op);
    if (product == nullptr) continue;
    for (const std::size_t i : {0U, 1U}) {
      const auto before = BeforeTransposition(graph, uses, node.inputs[i]);
      if (!before.has_value()) continue;
      bool& is_transposed = i == 0 ? product->adj_x : product->adj_y;
      is_transposed = !is_transposed;
      node.inputs[i] = *before;
    }
  }
  return WithoutDeadParts(folded);
}

}  // namespace kinglet
