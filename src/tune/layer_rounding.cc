#include "tune/layer_rounding.h"

#include <algorithm>
#include <utility>

#include "ops/linear.h"
#include "passes/rewrite.h"
#include "tune/round_weights.h"

namespace kinglet {
namespace {

constexpr Size kMostInputs = 1024;  // of an output whose weights are rounded together

Size InputsOf(const Graph& graph, const Node& node) {
  const LinearGeometry linear = LinearGeometryOf({graph, node});
  return linear.Taps() * linear.Channels();
}

LayerInputs InputsIn(const Graph& graph, const Node& node, const LayerwiseRun& run,
                     LayerInputs::Source floats) {
  const Quantization& input = *graph[node.inputs[0]].quantization;
  return {.samples = run.samples(),
          .integers = [&run, id = node.inputs[0]](std::size_t s) -> const Tensor& {
            return run.At(s, id);
          },
          .scale = input.scales[0],
          .zero_point = static_cast<std::int32_t>(input.zero_points[0]),
          .floats = std::move(floats)};
}

/// Nodes of a quantized graph that have the same weights.
struct Sharing {
  const Tensor* weights = nullptr;  ///< in float
  std::vector<const Node*> nodes;
};

/// By the first of equal weights of the float graph, where several layers have them.
std::map<ValueId, Sharing> SharingsOf(const Graph& quantized, const Graph& original,
                                      std::span<const Node* const> originals) {
  const std::vector<ValueId> first = FirstOfEquals(original);
  std::map<ValueId, Sharing> sharings;
  for (std::size_t i = 0; i < originals.size(); ++i) {
    if (originals[i] == nullptr) continue;
    const ValueId weights = first[Index(originals[i]->inputs[1])];
    Sharing& sharing = sharings[weights];
    sharing.weights = original[weights].constant.get();
    sharing.nodes.push_back(&quantized.nodes[i]);
  }
  std::erase_if(sharings, [](const auto& one) { return one.second.nodes.size() < 2; });
  return sharings;
}

/// Whether all can be rounded, and to the same integers.
bool CanRoundAll(const Graph& graph, const Uses& uses, const Sharing& sharing) {
  const auto& scales = graph[sharing.nodes[0]->inputs[1]].quantization->scales;
  return std::ranges::all_of(sharing.nodes, [&](const Node* node) {
    return CanRound(graph, uses, *node, *sharing.weights) &&
           graph[node->inputs[1]].quantization->scales == scales;
  });
}

/// In units of what is read, not of its steps, which differ from node to node.
void Accumulate(std::vector<Gram>& sums, const std::vector<Gram>& grams, double scale) {
  if (sums.empty()) {
    sums = grams;
    for (Gram& sum : sums) std::ranges::fill(sum.moments, 0);
  }
  for (std::size_t g = 0; g < sums.size(); ++g) {
    for (std::size_t i = 0; i < sums[g].moments.size(); ++i) {
      sums[g].moments[i] += grams[g].moments[i] * scale * scale;
    }
  }
}

}  // namespace

bool CanRound(const Graph& graph, const Uses& uses, const Node& node,
              const Tensor& original) {
  return uses.Count(node.inputs[1]) == 1 && graph[node.inputs[0]].dtype == DType::kInt8 &&
         graph[node.inputs[1]].shape == original.shape() &&
         InputsOf(graph, node) <= kMostInputs;
}

Tensor RoundedOn(const Graph& graph, const Node& node, const Tensor& weights,
                 const LayerwiseRun& run, LayerInputs::Source floats,
                 std::size_t workers) {
  const LinearGeometry linear = LinearGeometryOf({graph, node});
  const auto grams =
      GramsOf(linear, InputsIn(graph, node, run, std::move(floats)), workers);
  return RoundWeights(linear, weights, graph[node.inputs[1]].quantization->scales, grams,
                      workers);
}

SharedRounding RoundShared(const Graph& quantized, const Graph& original,
                           std::span<const Node* const> originals,
                           const SampleRefs& samples, std::size_t workers) {
  SharedRounding rounded;
  std::map<const Node*, std::vector<Gram>*> grams_of;  // by node, those of its sharing
  std::map<ValueId, std::vector<Gram>> grams;
  const auto sharings = SharingsOf(quantized, original, originals);
  const Uses uses(quantized);
  for (const auto& [weights, sharing] : sharings) {
    const bool can_round = CanRoundAll(quantized, uses, sharing);
    for (const Node* node : sharing.nodes) {
      rounded[node->inputs[1]] = nullptr;
      if (can_round) grams_of[node] = &grams[weights];
    }
  }
  if (grams_of.empty()) return rounded;
  for (LayerwiseRun run(quantized, samples, workers); run.next() < quantized.nodes.size();
       run.Step()) {
    const Node& node = quantized.nodes[run.next()];
    const auto found = grams_of.find(&node);
    if (found == grams_of.end()) continue;
    const LayerInputs inputs = InputsIn(quantized, node, run, nullptr);
    Accumulate(*found->second,
               GramsOf(LinearGeometryOf({quantized, node}), inputs, workers),
               inputs.scale);
  }
  for (const auto& [weights, sums] : grams) {
    const Sharing& sharing = sharings.at(weights);
    const Node& node = *sharing.nodes[0];
    const auto together = std::make_shared<const Tensor>(
        RoundWeights(LinearGeometryOf({quantized, node}), *sharing.weights,
                     quantized[node.inputs[1]].quantization->scales, sums, workers));
    for (const Node* one : sharing.nodes) rounded[one->inputs[1]] = together;
  }
  return rounded;
}

}  // namespace kinglet
