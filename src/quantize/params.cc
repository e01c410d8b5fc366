#include "quantize/params.h"

#include <algorithm>
#include <cmath>

namespace kinglet {
namespace {

constexpr double kSmallestRange = 1e-6;
constexpr float kSteps = 255.0F;
constexpr int kLowest = -128;
constexpr int kHighest = 127;
constexpr float kWeightSteps = 254.0F;
constexpr float kLargestWeight = 127.0F;
constexpr float kLargestWide = 32767.0F;
constexpr float kLeastWideScale = 0x1p-28F;  // a clamp at 6 is an int32 of such steps
constexpr double kHalfInt32 = 1073741823.0;
constexpr float kLargestBias = 2147483647.0F;

float Inverse(float scale) {
  return static_cast<float>(1.0 / static_cast<double>(scale));
}

/// std::round, which without SSE4.1 is a function call. |x| is below 2^31.
float Rounded(float x) {
  const auto whole = static_cast<float>(static_cast<std::int32_t>(x));
  const float rest = x - whole;  // exact
  return whole + static_cast<float>(static_cast<int>(rest >= 0.5F) -
                                    static_cast<int>(rest <= -0.5F));
}

QuantParams ParamsBetween(double min, double max) {
  const float scale = (static_cast<float>(max) - static_cast<float>(min)) / kSteps;
  const auto zero_point = static_cast<float>(kLowest - min / static_cast<double>(scale));
  const float rounded = std::clamp(std::round(zero_point), static_cast<float>(kLowest),
                                   static_cast<float>(kHighest));
  return {scale, static_cast<std::int32_t>(rounded)};
}

float SymmetricScale(const Range& range) {
  float largest = std::max(std::abs(range.min), std::abs(range.max));
  if (largest < kSmallestRange) largest += static_cast<float>(kSmallestRange);
  return largest / kLargestWide;
}

std::int32_t BiasInteger(float bias, float scale) {
  const float scaled = std::round(bias * Inverse(scale));
  if (scaled >= kLargestBias) return 2147483647;
  if (scaled <= -kLargestBias) return -2147483647;
  return static_cast<std::int32_t>(scaled);
}

}  // namespace

QuantParams ActivationParams(const Range& range) {
  double min = std::min(static_cast<double>(range.min), 0.0);
  double max = std::max(static_cast<double>(range.max), 0.0);
  if (max - min < kSmallestRange) {
    min -= kSmallestRange;
    max += kSmallestRange;
  }
  return ParamsBetween(min, max);
}

QuantParams WideParams(const Range& range) {
  return {std::max(SymmetricScale(range), kLeastWideScale), 0};
}

QuantParams ConstantParams(std::span<const float> values) {
  const auto [least, largest] = std::ranges::minmax(values);
  double min = std::min(static_cast<double>(least), 0.0);
  double max = std::max(static_cast<double>(largest), 0.0);
  if (max - min <= kSmallestRange) {
    min = std::min(min, -kSmallestRange / 2);
    max = std::max(max, kSmallestRange / 2);
  }
  return ParamsBetween(min, max);
}

QuantParams WideConstantParams(std::span<const float> values) {
  const auto [least, largest] = std::ranges::minmax(values);
  return {SymmetricScale({least, largest}), 0};
}

std::vector<std::int8_t> QuantizeConstant(std::span<const float> values,
                                          const QuantParams& params) {
  const float inverse = Inverse(params.scale);
  std::vector<std::int8_t> quantized;
  for (const float value : values) {
    const float steps =
        std::round(value * inverse) + static_cast<float>(params.zero_point);
    quantized.push_back(static_cast<std::int8_t>(
        std::clamp(steps, static_cast<float>(kLowest), static_cast<float>(kHighest))));
  }
  return quantized;
}

std::vector<std::int16_t> QuantizeWideConstant(std::span<const float> values,
                                               const QuantParams& params) {
  const float inverse = Inverse(params.scale);
  std::vector<std::int16_t> quantized;
  for (const float value : values) {
    const float steps = std::round(value * inverse);
    quantized.push_back(
        static_cast<std::int16_t>(std::clamp(steps, -kLargestWide, kLargestWide)));
  }
  return quantized;
}

std::vector<float> WeightScales(const Tensor& weights, std::size_t axis,
                                bool per_tensor) {
  std::vector<float> largest(
      per_tensor ? 1 : static_cast<std::size_t>(weights.shape()[axis]));
  const std::span<const float> elements = weights.Data<float>();
  ForStretches(weights.shape(), axis,
               [&](std::size_t i, std::size_t first, std::size_t count) {
                 float& so_far = largest[per_tensor ? 0 : i];
                 float found = so_far;
                 for (const float element : elements.subspan(first, count)) {
                   found = std::max(found, std::abs(element));
                 }
                 so_far = found;
               });
  for (float& m : largest) {
    const bool tiny = 2 * static_cast<double>(m) <= kSmallestRange;
    const float bound = tiny ? static_cast<float>(kSmallestRange / 2) : m;
    m = (bound - -bound) / kWeightSteps;
  }
  return largest;
}

Tensor QuantizeWeights(const Tensor& weights, std::size_t axis,
                       std::span<const float> scales) {
  std::vector<float> inverses(scales.size());
  std::ranges::transform(scales, inverses.begin(), Inverse);
  Tensor quantized(DType::kInt8, weights.shape());
  const std::span<const float> from = weights.Data<float>();
  const std::span<std::int8_t> to = quantized.Data<std::int8_t>();
  ForStretches(
      weights.shape(), axis, [&](std::size_t i, std::size_t first, std::size_t count) {
        const float inverse = inverses[inverses.size() == 1 ? 0 : i];
        for (std::size_t k = first; k < first + count; ++k) {
          const float steps =
              std::clamp(from[k] * inverse, -kLargestWeight, kLargestWeight);
          to[k] = static_cast<std::int8_t>(std::isnan(steps) ? 0.0F : Rounded(steps));
        }
      });
  return quantized;
}

std::vector<float> BiasScales(float input_scale, std::span<const float> weight_scales) {
  std::vector<float> scales;
  for (const float scale : weight_scales) {
    scales.push_back(static_cast<float>(static_cast<double>(input_scale) *
                                        static_cast<double>(scale)));
  }
  return scales;
}

std::vector<std::int64_t> QuantizeWideBias(std::span<const float> bias,
                                           std::span<const float> scales) {
  std::vector<std::int64_t> integers;
  for (std::size_t i = 0; i < bias.size(); ++i) {
    const double scale = scales[scales.size() == 1 ? 0 : i];
    integers.push_back(static_cast<std::int64_t>(std::round(bias[i] / scale)));
  }
  return integers;
}

BiasAndScales QuantizeBias(std::span<const float> bias, float input_scale,
                           std::vector<float> weight_scales) {
  BiasAndScales result;
  result.bias_scales = BiasScales(input_scale, weight_scales);
  for (std::size_t i = 0; i < bias.size(); ++i) {
    const std::size_t c = weight_scales.size() == 1 ? 0 : i;
    const double magnitude = std::abs(static_cast<double>(bias[i]));
    if (magnitude / static_cast<double>(result.bias_scales[c]) <= kHalfInt32) continue;
    result.bias_scales[c] = static_cast<float>(magnitude / kHalfInt32);
    weight_scales[c] = static_cast<float>(static_cast<double>(result.bias_scales[c]) /
                                          static_cast<double>(input_scale));
  }
  for (std::size_t i = 0; i < bias.size(); ++i) {
    const std::size_t c = weight_scales.size() == 1 ? 0 : i;
    result.bias.push_back(BiasInteger(bias[i], result.bias_scales[c]));
  }
  result.weight_scales = std::move(weight_scales);
  return result;
}

}  // namespace kinglet
