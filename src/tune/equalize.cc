#include "tune/equalize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "ops/linear.h"
#include "passes/rewrite.h"
#include "tune/channel_classes.h"

namespace kinglet {
namespace {

using Factors = std::vector<float>;

constexpr double kLargestFactor = 16;
constexpr float kClamp = 6;

/// By channel, how much larger it may become before it leaves the tensor's range.
void Limit(std::vector<double>& limits, const std::vector<Range>& channels) {
  Range all;
  for (const Range& channel : channels) all = Union(all, channel);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    double& limit = limits[i % limits.size()];
    const Range& own = channels[i];
    if (own.max > 0) limit = std::min(limit, static_cast<double>(all.max) / own.max);
    if (own.min < 0) limit = std::min(limit, static_cast<double>(all.min) / own.min);
  }
}

Factors FactorsOf(const ChannelClass& one, const ChannelExtremes& extremes,
                  double strength) {
  constexpr double kNoLimit = 1e30;
  std::vector<double> limits(one.channels, kNoLimit);
  for (const ValueId id : one.values) Limit(limits, extremes[Index(id)]);
  Factors factors;
  for (const double limit : limits) {
    const double capped = limit == kNoLimit ? 1 : std::clamp(limit, 1.0, kLargestFactor);
    factors.push_back(static_cast<float>(std::pow(capped, strength)));
  }
  return factors;
}

bool AllDepthwise(const Graph& graph, const ChannelClass& one) {
  return std::ranges::all_of(one.readers, [&graph](std::size_t i) {
    const Node& node = graph.nodes[i];
    const LinearGeometry linear = LinearGeometryOf({graph, node});
    return linear.groups == linear.in_channels && linear.in_channels > 1;
  });
}

/// A minimum of its own for a clamp at six, or weights of its own for each that shares
/// some.
bool CostsSomething(const Graph& graph, const Uses& uses, const ChannelClass& one) {
  const auto shares = [&](std::size_t i) {
    return std::ranges::any_of(graph.nodes[i].inputs, [&](ValueId id) {
      return graph[id].constant != nullptr && uses.Count(id) > 1;
    });
  };
  return std::ranges::any_of(one.readers, shares) ||
         std::ranges::any_of(one.producers, [&](std::size_t i) {
           return shares(i) || *ActivationOf(graph.nodes[i].op) == Activation::kRelu6;
         });
}

/// Of one channel, in so many samples.
std::size_t NumbersSeen(const Graph& graph, const ChannelClass& one,
                        std::size_t samples) {
  std::size_t most = 0;
  for (const ValueId id : one.values) {
    const Shape& shape = graph[id].shape;
    most = std::max(most, static_cast<std::size_t>(ElementCount(shape) / shape.back()));
  }
  return most * samples;
}

class Equalizer {
 public:
  explicit Equalizer(Graph graph) : graph_(std::move(graph)) {}

  void Apply(const ChannelClass& one, const Factors& factors) {
    for (const std::size_t i : one.producers) ScaleOutputs(i, factors);
    for (const std::size_t i : one.readers) ScaleInputs(graph_.nodes[i], factors);
    for (const std::size_t i : one.offsets) ScaleConstants(graph_.nodes[i], factors);
    // Whoever compares tensors by name must know (verify/layer_matches.h).
    for (const ValueId id : one.values) graph_[id].name += "/equalized";
  }

  Graph Finish() {
    Graph result = graph_;
    result.nodes.clear();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto clamp = clamps_.find(i);
      if (clamp == clamps_.end()) {
        result.nodes.push_back(graph_.nodes[i]);
      } else {
        AddClamped(result, graph_.nodes[i], clamp->second);
      }
    }
    return WithoutDeadParts(result);
  }

 private:
  static float At(const Factors& factors, Size i) {
    return factors[static_cast<std::size_t>(i) % factors.size()];
  }

  void ScaleOutputs(std::size_t i, const Factors& factors) {
    Node& node = graph_.nodes[i];
    const Size channels = graph_[node.outputs[0]].shape.back();
    Factors all;
    for (Size c = 0; c < channels; ++c) all.push_back(At(factors, c));
    ApplyAfter(graph_, node, {all, {}});
    if (*ActivationOf(node.op) == Activation::kRelu6) {
      for (float& factor : all) factor *= kClamp;
      clamps_.emplace(i, std::move(all));
    }
  }

  void ScaleInputs(Node& node, const Factors& factors) {
    const LinearGeometry linear = LinearGeometryOf({graph_, node});
    const Value& old = graph_[node.inputs[1]];
    const std::string name = old.name;
    Tensor scaled = *old.constant;
    const std::span<float> weights = scaled.Data<float>();
    for (Size o = 0; o < linear.out_channels; ++o) {
      for (Size t = 0; t < linear.Taps(); ++t) {
        for (Size c = 0; c < linear.Channels(); ++c) {
          weights[static_cast<std::size_t>(linear.Weight(o, t, c))] /=
              At(factors, linear.FirstChannel(o) + c);
        }
      }
    }
    node.inputs[1] = graph_.AddConstant(name, std::move(scaled));
  }

  /// A constant operand of a sum; one element for all channels becomes one each.
  void ScaleConstants(Node& node, const Factors& factors) {
    for (ValueId& id : node.inputs) {
      if (graph_[id].constant == nullptr) continue;
      const Tensor old = *graph_[id].constant;
      const std::int64_t channels = graph_[node.outputs[0]].shape.back();
      Shape shape = old.shape().empty() ? Shape{1} : old.shape();
      const std::int64_t times = channels / shape.back();
      shape.back() = channels;
      Tensor scaled(DType::kFloat32, shape);
      const std::span<float> to = scaled.Data<float>();
      for (std::size_t i = 0; i < to.size(); ++i) {
        to[i] = old.Data<float>()[i / static_cast<std::size_t>(times)] *
                At(factors, static_cast<Size>(i));
      }
      id = graph_.AddConstant(graph_[id].name, std::move(scaled));
    }
  }

  /// relu6(k y) would clamp at 6; the minimum with 6 k clamps where relu6(y) does.
  static void AddClamped(Graph& graph, Node node, const Factors& clamp) {
    const ValueId out = node.outputs[0];
    Value unclamped = graph[out];
    unclamped.name += "/unclamped";
    *ActivationOf(node.op) = Activation::kRelu;
    node.outputs[0] = graph.AddValue(unclamped);
    const std::string name = node.name;
    const ValueId from = node.outputs[0];
    graph.nodes.push_back(std::move(node));
    const ValueId bound =
        graph.AddConstant(graph[out].name + "/bound",
                          Tensor::Of<float>({static_cast<std::int64_t>(clamp.size())},
                                            std::span<const float>(clamp)));
    graph.nodes.push_back({Minimum{}, {from, bound}, {out}, name});
  }

  Graph graph_;
  std::map<std::size_t, Factors> clamps_;  // by node: upper bounds
};

}  // namespace

Graph Equalize(const Graph& graph, const ChannelExtremes& extremes,
               const EqualizeOptions& options) {
  Equalizer equalizer(graph);
  const Uses uses(graph);
  bool is_changed = false;
  for (const ChannelClass& one : FindChannelClasses(graph)) {
    if (options.depthwise_only && !AllDepthwise(graph, one)) continue;
    if (options.only_free && CostsSomething(graph, uses, one)) continue;
    if (NumbersSeen(graph, one, options.samples) < kFewestSeen) continue;
    const Factors factors = FactorsOf(one, extremes, options.strength);
    if (std::ranges::all_of(factors, [](float k) { return k == 1; })) continue;
    equalizer.Apply(one, factors);
    is_changed = true;
  }
  return is_changed ? equalizer.Finish() : graph;
}

}  // namespace kinglet
