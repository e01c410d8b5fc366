// With x' = s x + o before a linear operation: sum w x' = sum (w s) x + sum w o. Zeros
// that a window meets outside the input stay zero under a factor, not under an offset. A
// factor for all elements also passes what only moves them.
#include <algorithm>

#include "ops/window.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool AllEqual(const std::vector<float>& values) {
  return std::ranges::all_of(values, [&](float v) { return v == values.front(); });
}

bool OnlyMovesElements(const Op& op) {
  return std::holds_alternative<Reshape>(op) || std::holds_alternative<Transpose>(op) ||
         std::holds_alternative<StridedSlice>(op) || std::holds_alternative<Pad>(op);
}

template <typename Conv>
bool ReadsZerosOutside(const Conv& conv, const Shape& in, const Shape& weights) {
  const Window h{in[1], weights[1], conv.stride_h, conv.dilation_h, conv.padding};
  const Window w{in[2], weights[2], conv.stride_w, conv.dilation_w, conv.padding};
  return h.Total() > 0 || w.Total() > 0;
}

/// Whether the operation computes the same from the input before the map, with weights
/// that are no harder to quantize: a convolution has one scale for all input channels.
bool Takes(const Graph& graph, const Node& linear, const Affine& affine) {
  const Shape& in = graph[linear.inputs[0]].shape;
  const Shape& weights = graph[linear.inputs[1]].shape;
  if (const auto* conv = std::get_if<Conv2d>(&linear.op)) {
    if (affine.offset.empty()) return AllEqual(affine.scale);
    return AllEqual(affine.offset) && !ReadsZerosOutside(*conv, in, weights);
  }
  if (const auto* conv = std::get_if<DepthwiseConv2d>(&linear.op)) {
    return affine.offset.empty() || !ReadsZerosOutside(*conv, in, weights);
  }
  // At the edges fewer taps reach an output.
  if (std::holds_alternative<TransposeConv>(linear.op)) {
    return affine.offset.empty() && AllEqual(affine.scale);
  }
  return true;
}

/// Behind a mover channels are others: whether the map is one factor for all.
bool ForgetChannels(Affine& affine) {
  if (!affine.offset.empty() || !AllEqual(affine.scale)) return false;
  affine.scale.resize(1);
  return true;
}

/// Looks up from the linear node for an affine map that can be left out.
class Search {
 public:
  Search(const Graph& graph, const Uses& uses) : graph_(graph), uses_(uses) {}

  struct Found {
    std::size_t map;  ///< index of the node
    std::optional<std::size_t>
        reader;  ///< the mover that reads it; none: the linear node
    Affine affine;
  };

  [[nodiscard]] std::optional<Found> Above(const Node& linear) const {
    std::optional<std::size_t> reader;
    ValueId id = linear.inputs[0];
    while (uses_.Count(id) == 1) {
      const auto producer = uses_.Producer(id);
      if (!producer.has_value()) return std::nullopt;
      const Node& node = graph_.nodes[*producer];
      if (auto affine = AffineOf(graph_, node)) {
        if (!Fits(linear, node, reader.has_value(), *affine)) return std::nullopt;
        return Found{*producer, reader, std::move(*affine)};
      }
      if (!OnlyMovesElements(node.op)) return std::nullopt;
      reader = producer;
      id = node.inputs[0];
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool Fits(const Node& linear, const Node& map, bool is_behind_mover,
                          Affine& affine) const {
    if (*ActivationOf(map.op) != Activation::kNone) return false;
    if (is_behind_mover && !ForgetChannels(affine)) return false;
    return Takes(graph_, linear, affine);
  }

  const Graph& graph_;
  const Uses& uses_;
};

}  // namespace

Graph FoldAffineBefore(const Graph& graph) {
  const Uses uses(graph);
  Graph folded = graph;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!IsLinear(graph, graph.nodes[i])) continue;
    const auto found = Search(graph, uses).Above(graph.nodes[i]);
    if (!found.has_value()) continue;
    const ValueId before = *OnlyComputedInput(graph, graph.nodes[found->map]);
    ApplyBefore(folded, folded.nodes[i], found->affine);
    folded.nodes[found->reader.value_or(i)].inputs[0] = before;
  }
  return WithoutDeadParts(folded);
}

}  // namespace kinglet
