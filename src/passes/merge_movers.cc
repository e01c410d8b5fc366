#include <algorithm>
#include <optional>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// Axes larger than 1 keep their order: the bytes stay where they are.
bool OnlyMovesUnitAxes(const Shape& in, const Ints& perm) {
  std::int64_t last = -1;
  for (const std::int64_t axis : perm) {
    if (in[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Ints Composed(const Ints& first, const Ints& second) {
  Ints perm;
  for (const std::int64_t axis : second) {
    perm.push_back(first[static_cast<std::size_t>(axis)]);
  }
  return perm;
}

bool HasSteps(const StridedSlice& slice) {
  return std::ranges::any_of(slice.strides, [](auto stride) { return stride != 1; });
}

/// `second` of `first`, where neither leaves elements out between two that it takes and
/// `first` drops no axis.
std::optional<StridedSlice> Composed(const StridedSlice& first,
                                     const StridedSlice& second) {
  if (HasSteps(first) || HasSteps(second) || !first.dropped.empty()) return std::nullopt;
  StridedSlice both = second;
  for (std::size_t i = 0; i < both.begin.size(); ++i) {
    both.begin[i] += first.begin[i];
    both.end[i] += first.begin[i];
  }
  return both;
}

/// The node that makes the node's input if both are movers of one kind.
template <typename Mover>
const Node* MoverBefore(const Graph& graph, const Uses& uses, const Node& node) {
  if (!std::holds_alternative<Mover>(node.op)) return nullptr;
  const auto producer = uses.Producer(node.inputs[0]);
  if (!producer.has_value()) return nullptr;
  const Node& before = graph.nodes[*producer];
  return std::holds_alternative<Mover>(before.op) ? &before : nullptr;
}

}  // namespace

Graph MergeMovers(const Graph& graph) {
  const Uses uses(graph);
  Graph merged = graph;
  for (Node& node : merged.nodes) {
    if (const Node* before = MoverBefore<Reshape>(merged, uses, node)) {
      node.inputs = before->inputs;
    }
    if (const Node* before = MoverBefore<Transpose>(merged, uses, node)) {
      auto& perm = std::get<Transpose>(node.op).perm;
      perm = Composed(std::get<Transpose>(before->op).perm, perm);
      node.inputs = before->inputs;
    }
    if (const Node* before = MoverBefore<StridedSlice>(merged, uses, node)) {
      const auto both =
          Composed(std::get<StridedSlice>(before->op), std::get<StridedSlice>(node.op));
      if (both.has_value()) {
        node.op = *both;
        node.inputs = before->inputs;
      }
    }
    const auto* transpose = std::get_if<Transpose>(&node.op);
    if (transpose != nullptr &&
        OnlyMovesUnitAxes(merged[node.inputs[0]].shape, transpose->perm)) {
      node.op = Reshape{merged[node.outputs[0]].shape};
    }
  }
  return WithoutDeadParts(merged);
}

}  // namespace kinglet
