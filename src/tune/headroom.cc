#include "tune/headroom.h"

#include "ops/op_def.h"

namespace kinglet {
namespace {

constexpr float kRoom = 1.1F;

/// The ends of a result that its clamp doesn't fix.
struct FreeEnds {
  bool below = true;
  bool above = true;
};

FreeEnds FreeEndsOf(const Node& node) {
  const Activation* activation = ActivationOf(node.op);
  if (activation == nullptr) return {};
  if (*activation == Activation::kRelu6) return {.above = false};
  return {.below = *activation != Activation::kReluN1To1,
          .above = *activation != Activation::kReluN1To1};
}

}  // namespace

Ranges WithHeadroom(const Graph& graph, Ranges ranges) {
  const Ranges seen = ranges;
  for (std::optional<Range>& range : ranges) {
    if (range.has_value()) range = Range{range->min * kRoom, range->max * kRoom};
  }
  for (const Node& node : graph.nodes) {
    const std::size_t out = Index(node.outputs[0]);
    if (!seen[out].has_value()) continue;
    const FreeEnds free = FreeEndsOf(node);
    if (!free.below) ranges[out]->min = seen[out]->min;
    if (!free.above) ranges[out]->max = seen[out]->max;
  }
  return ranges;
}

}  // namespace kinglet
