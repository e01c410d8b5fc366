#include "ops/window.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// Whether "same" over an unpadded axis pads by just `before` and `after`.
bool IsSame(const Window& same, std::int64_t before, std::int64_t after) {
  return same.Before() == before && same.Total() == before + after;
}

/// Takes the padding over if it can.
template <typename Conv>
bool TakePadding(Conv& conv, const Shape& in, const Shape& weights, const Pad& pad) {
  const bool outer = pad.before[0] + pad.after[0] + pad.before[3] + pad.after[3] != 0;
  const Window h{in[1], weights[1], conv.stride_h, conv.dilation_h, Padding::kSame};
  const Window w{in[2], weights[2], conv.stride_w, conv.dilation_w, Padding::kSame};
  if (outer || conv.padding != Padding::kValid ||
      !IsSame(h, pad.before[1], pad.after[1]) ||
      !IsSame(w, pad.before[2], pad.after[2])) {
    return false;
  }
  conv.padding = Padding::kSame;
  return true;
}

}  // namespace

Graph FoldPadding(const Graph& graph) {
  const Uses uses(graph);
  Graph folded = graph;
  for (Node& node : folded.nodes) {
    const auto producer = uses.Producer(node.inputs[0]);
    if (!producer.has_value()) continue;
    const Node& before = graph.nodes[*producer];
    const auto* pad = std::get_if<Pad>(&before.op);
    if (pad == nullptr || pad->before.size() != 4) continue;
    const Shape& in = graph[before.inputs[0]].shape;
    bool taken = false;
    if (auto* conv = std::get_if<Conv2d>(&node.op)) {
      taken = TakePadding(*conv, in, graph[node.inputs[1]].shape, *pad);
    } else if (auto* depthwise = std::get_if<DepthwiseConv2d>(&node.op)) {
      taken = TakePadding(*depthwise, in, graph[node.inputs[1]].shape, *pad);
    }
    if (taken) node.inputs[0] = before.inputs[0];
  }
  return WithoutDeadParts(folded);
}

}  // namespace kinglet
