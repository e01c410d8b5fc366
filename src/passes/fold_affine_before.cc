// With x' = s x + o before linear operations: sum w x' = sum (w s) x + sum w o. Zeros
// that a window meets outside the input stay zero under a factor, not under an offset. A
// map per channel also passes what leaves channels alone, averages included; one factor
// for all elements passes whatever moves them.
#include <algorithm>
#include <limits>

#include "ops/window.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool OnlyMovesElements(const Op& op) {
  return IsOneOf<Reshape, Transpose, StridedSlice, Pad>(op);
}

template <typename Conv>
bool ReadsZerosOutside(const Conv& conv, const Shape& in, const Shape& weights) {
  const Window h{in[1], weights[1], conv.stride_h, conv.dilation_h, conv.padding};
  const Window w{in[2], weights[2], conv.stride_w, conv.dilation_w, conv.padding};
  return h.Total() > 0 || w.Total() > 0;
}

/// Of the weights that an output channel multiplies its inputs with, summed over output
/// channels.
struct SquaredWeights {
  double widest = 0;  // of each channel, times their number: what rounding them costs
  double sum = 0;     // what rounding inputs of the same range costs
};

/// REQUIRES: output channels in the weights' first axis.
SquaredWeights SquaresOf(const Tensor& weights) {
  const std::span<const float> elements = weights.Data<float>();
  const auto outputs = static_cast<std::size_t>(weights.shape()[0]);
  const std::size_t block = elements.size() / outputs;
  SquaredWeights squares;
  for (std::size_t output = 0; output < outputs; ++output) {
    double widest = 0;
    for (const float w : elements.subspan(output * block, block)) {
      const double square = static_cast<double>(w) * static_cast<double>(w);
      widest = std::max(widest, square);
      squares.sum += square;
    }
    squares.widest += widest * static_cast<double>(block);
  }
  return squares;
}

/// Of the squares of the factors other than zero.
struct SquaredFactors {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  double mean = 0;
  double mean_inverse = 0;
};

SquaredFactors SquaresOf(const std::vector<float>& scale) {
  SquaredFactors squares;
  double count = 0;
  for (const float s : scale) {
    const double square = static_cast<double>(s) * static_cast<double>(s);
    if (square == 0) continue;
    squares.least = std::min(squares.least, square);
    squares.most = std::max(squares.most, square);
    squares.mean += square;
    squares.mean_inverse += 1 / square;
    count += 1;
  }
  squares.mean /= std::max(count, 1.0);
  squares.mean_inverse /= std::max(count, 1.0);
  return squares;
}

/// Whether the factors of input channels belong into the weights, where an output channel
/// has one scale for all its inputs, or stay, with one scale for all channels of what
/// they make. That depends on how loud the channels are: all alike, or, as behind a
/// batch normalization's mean and variance, all alike once they are scaled. Right is what
/// may lose least beside the other where the guess is wrong. In squares of 1/127 of the
/// input's range; both choices also lose what rounding the input itself costs.
bool QuantizeAsWell(const Op& op, const Tensor& weights,
                    const std::vector<float>& scale) {
  const SquaredFactors factors = SquaresOf(scale);
  if (factors.most == 0) return true;
  const SquaredWeights apart = SquaresOf(weights);
  const SquaredWeights scaled = SquaresOf(ScaledInputs(op, weights, scale));
  const double stay_if_alike =
      scaled.sum + factors.most * apart.sum + kMeanSquare * factors.mean * apart.widest;
  const double fold_if_alike = scaled.sum + kMeanSquare * scaled.widest;
  const double stay_if_scaled =
      scaled.sum + factors.least * (apart.sum + kMeanSquare * apart.widest);
  const double fold_if_scaled =
      scaled.sum + kMeanSquare * factors.least * factors.mean_inverse * scaled.widest;
  return stay_if_alike / fold_if_alike >= fold_if_scaled / stay_if_scaled;
}

/// Whether the operation computes the same from the input before the map, with weights
/// that are no harder to quantize.
bool Takes(const Graph& graph, const Node& linear, const Affine& affine) {
  const Shape& in = graph[linear.inputs[0]].shape;
  const Tensor& weights = *graph[linear.inputs[1]].constant;
  if (const auto* depthwise = std::get_if<DepthwiseConv2d>(&linear.op)) {
    return affine.offset.empty() || !ReadsZerosOutside(*depthwise, in, weights.shape());
  }
  if (!affine.offset.empty()) {
    const auto* conv = std::get_if<Conv2d>(&linear.op);
    const bool has_edges =
        std::holds_alternative<TransposeConv>(linear.op) ||
        (conv != nullptr && ReadsZerosOutside(*conv, in, weights.shape()));
    if (has_edges) return false;
  }
  return affine.scale.empty() || QuantizeAsWell(linear.op, weights, affine.scale);
}

/// Whether the node makes channel c of its result from channel c of its input alone, by
/// moving elements, or by averaging them, which takes offsets along.
bool KeepsChannels(const Graph& graph, const Node& node, bool has_offset) {
  const Shape& in = graph[node.inputs[0]].shape;
  const Shape& out = graph[node.outputs[0]].shape;
  if (in.empty() || out.empty() || in.back() != out.back()) return false;
  const auto last = static_cast<std::int64_t>(in.size()) - 1;
  if (const auto* transpose = std::get_if<Transpose>(&node.op)) {
    return transpose->perm.back() == last;
  }
  if (const auto* slice = std::get_if<StridedSlice>(&node.op)) {
    return slice->strides.back() == 1 && slice->begin.back() == 0 &&
           std::ranges::find(slice->dropped, last) == slice->dropped.end();
  }
  if (std::holds_alternative<Pad>(node.op)) return !has_offset;
  if (const auto* mean = std::get_if<Mean>(&node.op)) {
    return std::ranges::find(mean->axes, last) == mean->axes.end();
  }
  if (const auto* pool = std::get_if<AveragePool2d>(&node.op)) {
    return pool->activation == Activation::kNone;
  }
  return std::holds_alternative<Reshape>(node.op);
}

/// The map as it is behind a node that reads its result, or nothing where it is none.
std::optional<Affine> Behind(const Graph& graph, const Node& node, const Affine& affine) {
  if (KeepsChannels(graph, node, !affine.offset.empty())) return affine;
  const bool is_one_factor = affine.offset.empty() && AllEqual(affine.scale);
  if (!is_one_factor || !OnlyMovesElements(node.op)) return std::nullopt;
  return Affine{{affine.scale.front()}, {}};
}

/// A linear node that a map reaches, and the map as it arrives there.
struct Reached {
  std::size_t linear;
  Affine affine;
};

/// Adds what the value, a result of the map, reaches; false if that is not linear nodes
/// alone that can take it.
bool Follow(const Graph& graph, const Uses& uses, ValueId id, const Affine& affine,
            std::vector<Reached>& reached) {
  if (uses.IsGraphOutput(id)) return false;
  return std::ranges::all_of(uses.Readers(id), [&](std::size_t reader) {
    const Node& node = graph.nodes[reader];
    if (node.inputs[0] != id || std::ranges::count(node.inputs, id) > 1) return false;
    if (IsLinear(graph, node)) {
      reached.push_back({reader, affine});
      return Takes(graph, node, affine);
    }
    if (node.outputs.size() != 1) return false;
    const auto behind = Behind(graph, node, affine);
    return behind.has_value() && Follow(graph, uses, node.outputs[0], *behind, reached);
  });
}

}  // namespace

Graph FoldAffineBefore(const Graph& graph) {
  const Uses uses(graph);
  Graph folded = graph;
  std::vector<bool> took(graph.nodes.size());  // a map, and is another one by that
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& map = graph.nodes[i];
    const auto affine = AffineOf(graph, map);
    const bool is_map =
        affine.has_value() && *ActivationOf(map.op) == Activation::kNone && !took[i];
    if (!is_map) continue;
    const ValueId mapped = map.outputs[0];
    std::vector<Reached> reached;
    if (!Follow(graph, uses, mapped, *affine, reached)) continue;
    for (const Reached& at : reached) {
      ApplyBefore(folded, folded.nodes[at.linear], at.affine);
      took[at.linear] = true;
    }
    for (const std::size_t reader : uses.Readers(mapped)) {
      folded.nodes[reader].inputs[0] = *OnlyComputedInput(graph, map);
    }
  }
  return WithoutDeadParts(folded);
}

}  // namespace kinglet
