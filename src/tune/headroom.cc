#include "tune/headroom.h"

#include "ops/op_def.h"

namespace kinglet {
namespace {

constexpr float kRoom = 1.1F;

bool HasClampAbove(const Node& node) {
  const Activation* activation = ActivationOf(node.op);
  return activation != nullptr &&
         (*activation == Activation::kRelu6 || *activation == Activation::kReluN1To1);
}

}  // namespace

Ranges WithHeadroom(const Graph& graph, Ranges ranges) {
  const Ranges seen = ranges;
  for (std::optional<Range>& range : ranges) {
    if (range.has_value()) range = Range{range->min * kRoom, range->max * kRoom};
  }
  for (const Node& node : graph.nodes) {
    const std::size_t out = Index(node.outputs[0]);
    if (HasClampAbove(node) && seen[out].has_value()) ranges[out]->max = seen[out]->max;
  }
  return ranges;
}

}  // namespace kinglet
