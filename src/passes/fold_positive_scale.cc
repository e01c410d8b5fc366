#include <algorithm>
#include <cmath>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// Factors above zero by which the node multiplies its input, channel by channel.
std::optional<std::vector<float>> Factors(const Graph& graph, const Node& node) {
  const auto affine = AffineOf(graph, node);
  const auto is_usable = [](float k) { return k > 0 && std::isnormal(k); };
  if (!affine.has_value() || !affine->offset.empty() || affine->scale.empty() ||
      *ActivationOf(node.op) != Activation::kNone ||
      !std::ranges::all_of(affine->scale, is_usable)) {
    return std::nullopt;
  }
  return affine->scale;
}

double SquareOf(float x) { return static_cast<double>(x) * static_cast<double>(x); }

/// Whether weights of one scale for all output channels lose no more with the factors in
/// them, which one channel can make wide for all, than rounding twice does. In squares of
/// 1/127 of the input's range; what is rounded under a clamp at zero has half the steps
/// of what has a sign.
bool LosesLessInOneScale(const Graph& graph, const Node& linear,
                         const std::vector<float>& factors) {
  const Tensor& weights = *graph[linear.inputs[1]].constant;
  const std::span<const float> elements = weights.Data<float>();
  const std::size_t outputs = factors.size();
  const std::size_t terms = elements.size() / outputs;
  const bool is_depthwise = std::holds_alternative<DepthwiseConv2d>(linear.op);
  double widest = 0;
  double widest_scaled = 0;
  std::vector<double> sums(outputs);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::size_t output = is_depthwise ? i % outputs : i / terms;
    widest = std::max(widest, SquareOf(elements[i]));
    widest_scaled =
        std::max(widest_scaled, SquareOf(elements[i]) * SquareOf(factors[output]));
    sums[output] += SquareOf(elements[i]);
  }
  double sum_of_factors = 0;
  for (const float k : factors) sum_of_factors += SquareOf(k);
  const double of_weights = kMeanSquare * static_cast<double>(terms);
  const double apart =
      sum_of_factors * (of_weights * widest + *std::ranges::max_element(sums) / 4);
  return static_cast<double>(outputs) * of_weights * widest_scaled <= apart;
}

Graph Folded(const Graph& graph, bool per_tensor) {
  return AbsorbIntoProducers(graph, [&](Graph& g, Node& producer, const Node& node) {
    const auto factors = Factors(g, node);
    if (!factors.has_value() || !IsLinear(g, producer) ||
        *ActivationOf(producer.op) != Activation::kRelu) {
      return false;
    }
    if (per_tensor && !LosesLessInOneScale(g, producer, *factors)) return false;
    ApplyAfter(g, producer, {*factors, {}});
    return true;
  });
}

}  // namespace

Graph FoldPositiveScale(const Graph& graph) { return Folded(graph, false); }

Graph FoldPositiveScaleInOneScale(const Graph& graph) { return Folded(graph, true); }

}  // namespace kinglet
