// For output channel c of a sample, with means over positions:
//   float:   b[c] + sum of w * mean x
//   integer: s_x s_w[c] (b_q[c] + sum of w_q * mean (q - z_x))
// Their difference is linear in the taps' means, so that neither layer need be run for
// it, and the graph runs once over all samples while its biases change ahead of the run.
#include "tune/refine_layers.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "ops/linear.h"
#include "run/executor.h"
#include "run/layerwise.h"
#include "run/samples.h"
#include "tune/layer_rounding.h"
#include "tune/tap_means.h"

namespace kinglet {
namespace {

constexpr std::size_t kBias = 2;  // input of a linear node
constexpr double kLargestBias = 1073741823;
constexpr double kLargestWideBias = 0x1p37;  // products with 2^31 stay in 64 bits

/// A quantized linear node whose bias is in steps of s_x * s_w.
class IntegerLayer {
 public:
  IntegerLayer(const Graph& graph, const Node& node)
      : graph_(graph), node_(node), linear_(LinearGeometryOf({graph, node})) {}

  [[nodiscard]] double Step(std::size_t channel) const {
    const auto& scales = graph_[node_.inputs[1]].quantization->scales;
    const double weight_scale = scales[scales.size() == 1 ? 0 : channel];
    return graph_[node_.inputs[0]].quantization->scales[0] * weight_scale;
  }

  [[nodiscard]] std::vector<double> Output(const Tensor& input) const {
    std::vector<double> means = MeanProducts(
        linear_, Taps(input), graph_[node_.inputs[1]].constant->Data<std::int8_t>());
    const Tensor& bias = *graph_[node_.inputs[kBias]].constant;
    for (std::size_t c = 0; c < means.size(); ++c) {
      const auto steps = bias.dtype() == DType::kInt64
                             ? static_cast<double>(bias.Data<std::int64_t>()[c])
                             : bias.Data<std::int32_t>()[c];
      means[c] = (means[c] + steps) * Step(c);
    }
    return means;
  }

  /// The bias constant moved by `shifts`, in real units.
  [[nodiscard]] Tensor Shifted(std::span<const double> shifts) const {
    Tensor bias = *graph_[node_.inputs[kBias]].constant;
    if (bias.dtype() == DType::kInt64) {
      Shift(bias.Data<std::int64_t>(), shifts, kLargestWideBias);
    } else {
      Shift(bias.Data<std::int32_t>(), shifts, kLargestBias);
    }
    return bias;
  }

 private:
  [[nodiscard]] std::vector<double> Taps(const Tensor& input) const {
    if (input.dtype() == DType::kInt16) {
      return TapMeans(linear_, input.Data<std::int16_t>());
    }
    const auto zero = graph_[node_.inputs[0]].quantization->zero_points[0];
    return TapMeans(linear_, input.Data<std::int8_t>(), static_cast<std::int32_t>(zero));
  }

  template <typename T>
  void Shift(std::span<T> bias, std::span<const double> shifts, double largest) const {
    for (std::size_t c = 0; c < bias.size(); ++c) {
      const double moved = static_cast<double>(bias[c]) + std::round(shifts[c] / Step(c));
      if (std::abs(moved) > largest) continue;  // a dead channel of tiny scale
      bias[c] = static_cast<T>(moved);
    }
  }

  const Graph& graph_;
  const Node& node_;
  LinearGeometry linear_;
};

/// A bias that another node reads as well stays as it is.
bool CanCorrect(const Graph& graph, const Uses& uses, const Node& node) {
  if (!IsLinearLayer(graph, node) || node.inputs.size() <= kBias) return false;
  const DType input = graph[node.inputs[0]].dtype;
  return uses.Count(node.inputs[kBias]) == 1 &&
         (input == DType::kInt8 || input == DType::kInt16) &&
         graph[node.inputs[1]].dtype == DType::kInt8;
}

/// The float graph, run as far as a layer of it needs.
class FloatRun {
 public:
  FloatRun(const Graph& graph, const SampleRefs& samples, std::size_t workers)
      : graph_(graph), run_(graph, samples, workers) {}

  /// What `node` reads. REQUIRES: nodes in the order of the graph.
  LayerInputs::Source InputOf(const Node& node) {
    while (&graph_.nodes[run_.next()] != &node) run_.Step();
    return [this, id = node.inputs[0]](std::size_t s) -> const Tensor& {
      return run_.At(s, id);
    };
  }

 private:
  const Graph& graph_;
  LayerwiseRun run_;
};

/// What brings `got` to `wanted` and an offset more; of last layers, as far as it is more
/// than chance: no later layer makes good what few samples say wrongly.
std::vector<double> Shifts(const LayerMeans& wanted, double offset, const LayerMeans& got,
                           BiasForm form, bool is_last) {
  std::vector<double> shifts(wanted.front().size());
  for (std::size_t c = 0; c < shifts.size(); ++c) {
    std::vector<double> differences;
    for (std::size_t s = 0; s < wanted.size(); ++s) {
      differences.push_back(wanted[s][c] + offset - got[s][c]);
    }
    const double combined = Combined(differences, form);
    shifts[c] = is_last ? BeyondChance(combined, differences) : combined;
  }
  return shifts;
}

/// A result that is no copy is one of itself.
DitheredCopy CopyNamed(const DitheredGraph& graph, const std::string& name) {
  const auto found = graph.copies.find(name);
  return found == graph.copies.end() ? DitheredCopy{name, 0} : found->second;
}

/// Linear nodes by the name of their result.
std::map<std::string, const Node*> LayersByName(const Graph& graph) {
  std::map<std::string, const Node*> layers;
  for (const Node& node : graph.nodes) {
    if (IsLinearLayer(graph, node)) layers[graph[node.outputs[0]].name] = &node;
  }
  return layers;
}

/// Linear nodes that no other stands behind.
std::set<const Node*> LastLayers(const Graph& graph) {
  std::vector<bool> is_before_linear(graph.values.size());
  std::set<const Node*> last;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool is_refined = IsLinearLayer(graph, *node);
    const bool is_before = std::ranges::any_of(
        node->outputs, [&](ValueId id) { return is_before_linear[Index(id)]; });
    if (is_refined && !is_before) last.insert(&*node);
    if (!is_refined && !is_before) continue;
    for (const ValueId id : node->inputs) is_before_linear[Index(id)] = true;
  }
  return last;
}

/// By node of the quantized graph: its layer in the float graph, or null for what isn't
/// refined.
std::vector<const Node*> OriginalsOf(const DitheredGraph& quantized,
                                     const Graph& original) {
  const auto layers = LayersByName(original);
  const Graph& graph = quantized.graph;
  const Uses uses(graph);
  std::vector<const Node*> originals;
  for (const Node& node : graph.nodes) {
    const auto found = layers.find(CopyNamed(quantized, graph[node.outputs[0]].name).of);
    const bool is_refined = found != layers.end() && CanCorrect(graph, uses, node);
    originals.push_back(is_refined ? found->second : nullptr);
  }
  return originals;
}

}  // namespace

Graph RefineLayers(const DitheredGraph& quantized, const Graph& original,
                   const FloatMeans& means, const SampleRefs& samples,
                   const Refinement& refinement, std::size_t workers) {
  if (refinement == Refinement{.bias = BiasForm::kNone}) return quantized.graph;
  Graph refined = quantized.graph;
  const Uses uses(quantized.graph);
  const auto originals = OriginalsOf(quantized, original);
  const auto last = LastLayers(original);
  const SharedRounding shared =
      refinement.round_weights
          ? RoundShared(quantized.graph, original, originals, samples, workers)
          : SharedRounding();
  LayerwiseRun run(refined, samples, workers);
  FloatRun float_run(original, samples, workers);
  for (; run.next() < refined.nodes.size(); run.Step()) {
    const Node* layer_of = originals[run.next()];
    if (layer_of == nullptr) continue;
    const Node& node = refined.nodes[run.next()];
    const Tensor& weights = *original[layer_of->inputs[1]].constant;
    auto& integers = refined[node.inputs[1]].constant;
    if (const auto found = shared.find(node.inputs[1]); found != shared.end()) {
      if (found->second != nullptr) integers = found->second;
    } else if (refinement.round_weights && CanRound(refined, uses, node, weights)) {
      integers = std::make_shared<const Tensor>(RoundedOn(
          refined, node, weights, run,
          refinement.retarget ? float_run.InputOf(*layer_of) : nullptr, workers));
    }
    const IntegerLayer layer(refined, node);
    LayerMeans got(samples.size());
    run.ForEach([&](std::size_t sample) {
      got[sample] = layer.Output(run.At(sample, node.inputs[0]));
    });
    const DitheredCopy copy = CopyNamed(quantized, refined[node.outputs[0]].name);
    const auto shifts = Shifts(means.at(original[layer_of->outputs[0]].name), copy.offset,
                               got, refinement.bias, last.contains(layer_of));
    refined[node.inputs[kBias]].constant =
        std::make_shared<const Tensor>(layer.Shifted(shifts));
  }
  return refined;
}

}  // namespace kinglet
