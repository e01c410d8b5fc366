// Dynamic range: scales are computed and divided by in double, then stored as float32:
//   s = 2 max|w| / 254, q = round(w / s)
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "ops/op_def.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

constexpr std::int64_t kSmallestTensor = 1024;
constexpr double kSymmetricSteps = 254.0;
constexpr double kLargest = 127.0;
constexpr double kSmallestScale = std::numeric_limits<float>::min();  // no subnormal

struct Int8Weights {
  Tensor tensor;
  Quantization quantization;
};

Int8Weights Quantized(const Tensor& weights, std::size_t axis, bool per_tensor) {
  const Shape& shape = weights.shape();
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) {
    inner *= static_cast<std::size_t>(shape[i]);
  }
  const std::size_t count = per_tensor ? 1 : static_cast<std::size_t>(shape[axis]);
  const auto channel = [&](std::size_t i) { return per_tensor ? 0 : i / inner % count; };
  const auto from = weights.Data<float>();
  std::vector<double> scales(count);
  for (std::size_t i = 0; i < from.size(); ++i) {
    scales[channel(i)] =
        std::max(scales[channel(i)], std::abs(static_cast<double>(from[i])));
  }
  for (double& scale : scales) {
    scale = scale == 0 ? 1.0 : std::max(2 * scale / kSymmetricSteps, kSmallestScale);
  }
  Int8Weights result{Tensor(DType::kInt8, shape), {}};
  const auto to = result.tensor.Data<std::int8_t>();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double steps = std::round(static_cast<double>(from[i]) / scales[channel(i)]);
    to[i] = static_cast<std::int8_t>(std::clamp(steps, -kLargest, kLargest));
  }
  result.quantization.scales.assign(scales.begin(), scales.end());
  result.quantization.zero_points.assign(count, 0);
  result.quantization.axis = per_tensor ? 0 : static_cast<std::int64_t>(axis);
  return result;
}

}  // namespace

Graph QuantizeWeightsOnly(const Graph& graph, bool per_tensor) {
  Graph quantized = graph;
  std::map<std::pair<ValueId, std::int64_t>, ValueId> stored;  // by floats and axis
  for (Node& node : quantized.nodes) {
    const QuantRule& rule = DefOf(node.op).quantization;
    if (!rule.weights.has_value()) continue;
    const Value& weights = graph[node.inputs[*rule.weights]];
    const bool is_large = ElementCount(weights.shape) >= kSmallestTensor;
    if (weights.constant == nullptr || !is_large) continue;
    ValueId& operand = node.inputs[*rule.weights];
    const auto [found, is_new] = stored.try_emplace({operand, rule.channel_axis});
    if (is_new) {
      const auto axis = static_cast<std::size_t>(rule.channel_axis);
      Int8Weights integers = Quantized(*weights.constant, axis, per_tensor);
      found->second = quantized.AddConstant(weights.name, std::move(integers.tensor));
      quantized[found->second].quantization = std::move(integers.quantization);
    }
    operand = found->second;
  }
  return WithoutDeadParts(quantized);
}

}  // namespace kinglet
