// A factor and an offset per channel one after the other are one map, which rounds once:
// s2 (s1 x + o1) + o2 = (s1 s2) x + (o1 s2 + o2). A map with both is a depthwise
// convolution with one tap, whose weights of one per channel INT8 holds exactly.
#include <algorithm>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

constexpr std::size_t kImageRank = 4;

/// Element c of what is empty, one for all channels, or one per channel.
double At(const std::vector<float>& values, std::size_t c, double missing) {
  if (values.empty()) return missing;
  return static_cast<double>(values[values.size() == 1 ? 0 : c]);
}

/// The map that `second` makes of the result of `first`, one element per channel.
Affine ComposedMap(const Affine& first, const Affine& second, std::size_t channels) {
  Affine both;
  const bool has_scale = !first.scale.empty() || !second.scale.empty();
  const bool has_offset = !first.offset.empty() || !second.offset.empty();
  for (std::size_t c = 0; c < channels; ++c) {
    const double scale = At(second.scale, c, 1);
    if (has_scale) {
      both.scale.push_back(static_cast<float>(At(first.scale, c, 1) * scale));
    }
    if (has_offset) {
      both.offset.push_back(
          static_cast<float>(At(first.offset, c, 0) * scale + At(second.offset, c, 0)));
    }
  }
  return both;
}

ValueId Constant(Graph& graph, const std::string& name, const Shape& shape,
                 const std::vector<float>& values) {
  return graph.AddConstant(name,
                           Tensor::Of<float>(shape, std::span<const float>(values)));
}

/// Makes `node` compute the map of x.
void Express(Graph& graph, Node& node, ValueId x, const Affine& map,
             Activation activation) {
  const auto channels =
      static_cast<std::int64_t>(std::max(map.scale.size(), map.offset.size()));
  if (map.offset.empty()) {
    node.op = Mul{activation};
    node.inputs = {x, Constant(graph, node.name + "/factor", {channels}, map.scale)};
    return;
  }
  const ValueId offset = Constant(graph, node.name + "/offset", {channels}, map.offset);
  if (map.scale.empty()) {
    node.op = Add{activation};
    node.inputs = {x, offset};
    return;
  }
  const ValueId factor =
      Constant(graph, node.name + "/factor", {1, 1, 1, channels}, map.scale);
  node.op = DepthwiseConv2d{.activation = activation};
  node.inputs = {x, factor, offset};
}

/// Whether this is what becomes of an input's own numbers, 255 as 1 and 0 as -1 for
/// example. One factor rounds nothing then, and an offset of half a step is a tie in
/// every element: Add breaks it away from zero, to both sides, a convolution to one.
bool IsRescaledInput(const Graph& graph, ValueId x, const Affine& map) {
  return AllEqual(map.scale) && std::ranges::any_of(graph.inputs, [x](const auto& input) {
           return input.value == x;
         });
}

bool MergeMaps(Graph& graph, Node& producer, const Node& node) {
  const auto first = AffineOf(graph, producer);
  const auto second = AffineOf(graph, node);
  if (!first.has_value() || !second.has_value()) return false;
  if (*ActivationOf(producer.op) != Activation::kNone) return false;
  const ValueId x = *OnlyComputedInput(graph, producer);
  const Shape& shape = graph[x].shape;
  const Affine both =
      ComposedMap(*first, *second, static_cast<std::size_t>(shape.back()));
  const bool has_both = !both.scale.empty() && !both.offset.empty();
  if (has_both && (shape.size() != kImageRank || IsRescaledInput(graph, x, both))) {
    return false;
  }
  Express(graph, producer, x, both, *ActivationOf(node.op));
  return true;
}

}  // namespace

Graph MergeAffineMaps(const Graph& graph) {
  return AbsorbIntoProducers(graph, MergeMaps);
}

}  // namespace kinglet
