#include "quantize/integer_constants.h"

#include "quantize/params.h"

namespace kinglet {
namespace {

template <typename T>
Tensor TensorOf(const Shape& shape, const std::vector<T>& values) {
  return Tensor::Of<T>(shape, std::span<const T>(values));
}

/// Symmetric.
Quantization ByScales(const std::vector<float>& scales, std::int64_t axis) {
  return {scales, std::vector<std::int64_t>(scales.size()), axis};
}

struct QuantizedBias {
  Tensor bias;
  std::vector<float> bias_scales;
  std::vector<float> weight_scales;  ///< raised where 32 bits would have overflowed
};

QuantizedBias BiasOf(const Tensor& floats, float input_scale,
                     const std::vector<float>& weight_scales, Precision precision) {
  const auto values = floats.Data<float>();
  if (precision == Precision::kInt16) {
    std::vector<float> scales = BiasScales(input_scale, weight_scales);
    Tensor bias = TensorOf(floats.shape(), QuantizeWideBias(values, scales));
    return {std::move(bias), std::move(scales), weight_scales};
  }
  BiasAndScales bias = QuantizeBias(values, input_scale, weight_scales);
  return {TensorOf(floats.shape(), bias.bias), std::move(bias.bias_scales),
          std::move(bias.weight_scales)};
}

}  // namespace

Quantization ToQuantization(const QuantParams& params) {
  return {{params.scale}, {params.zero_point}, 0};
}

IntegerConstant OperandConstant(const Tensor& floats,
                                const std::optional<QuantParams>& wanted,
                                Precision precision) {
  const auto values = floats.Data<float>();
  const bool is_wide = precision == Precision::kInt16;
  const QuantParams own = is_wide ? WideConstantParams(values) : ConstantParams(values);
  const QuantParams params = wanted.value_or(own);
  return {is_wide ? TensorOf(floats.shape(), QuantizeWideConstant(values, params))
                  : TensorOf(floats.shape(), QuantizeConstant(values, params)),
          ToQuantization(params)};
}

std::vector<IntegerConstant> LinearConstants(const Graph& graph, const Node& node,
                                             float input_scale, bool per_tensor,
                                             Precision precision) {
  const QuantRule& rule = DefOf(node.op).quantization;
  const Tensor& weights = *graph[node.inputs[*rule.weights]].constant;
  const auto axis = static_cast<std::size_t>(rule.channel_axis);
  std::vector<float> scales = WeightScales(weights, axis, per_tensor || rule.per_tensor);
  std::vector<IntegerConstant> bias;
  if (node.inputs.size() > *rule.weights + 1) {
    const Tensor& floats = *graph[node.inputs[*rule.weights + 1]].constant;
    QuantizedBias quantized = BiasOf(floats, input_scale, scales, precision);
    scales = quantized.weight_scales;
    bias.push_back({std::move(quantized.bias), ByScales(quantized.bias_scales, 0)});
  }
  std::vector<IntegerConstant> constants = {
      {QuantizeWeights(weights, axis, scales),
       ByScales(scales, scales.size() > 1 ? rule.channel_axis : 0)}};
  constants.insert(constants.end(), bias.begin(), bias.end());
  return constants;
}

}  // namespace kinglet
