// From ranges and float constants to INT8 parameters and integers, in TensorFlow's order
// of float32 operations (docs/numerics.md, "Scales").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/tensor.h"
#include "calibrate/ranges.h"
#include "ir/graph.h"
#include "ops/op_def.h"

namespace kinglet {

/// Scale and zero point of an INT8 activation: zero is in the range and exact.
///   scale = f32((f32(max) - f32(min)) / 255), zero point = round(-128 - min / scale)
/// A range below 1e-6 is widened by 1e-6 to both sides.
QuantParams ActivationParams(const Range& range);

/// Of INT16: symmetric, scale = f32(max(|min|, |max|) / 32767), zero point 0. The
/// runtimes refuse a clamp whose bound isn't an int32 of such steps: the least scale is
/// 2^-28.
QuantParams WideParams(const Range& range);

/// The same for a constant that is no weight. A range of up to 1e-6 is widened to hold
/// -5e-7..5e-7. REQUIRES: at least one value.
QuantParams ConstantParams(std::span<const float> values);
/// Symmetric, a range below 1e-6 widened by as much.
QuantParams WideConstantParams(std::span<const float> values);

/// q = round(x / scale) + zero point, as x * f32(1 / scale), saturated to INT8.
std::vector<std::int8_t> QuantizeConstant(std::span<const float> values,
                                          const QuantParams& params);

/// The same of INT16, saturated to -32767..32767.
std::vector<std::int16_t> QuantizeWideConstant(std::span<const float> values,
                                               const QuantParams& params);

/// Symmetric scales of weights, one per index of `axis`, or one for all.
///   scale = f32(2 max|w| / 254), at least f32(1e-6 / 254)
std::vector<float> WeightScales(const Tensor& weights, std::size_t axis, bool per_tensor);

/// q = round(w * f32(1 / scale)) in [-127, 127].
/// REQUIRES: one scale, or one per index of `axis`.
Tensor QuantizeWeights(const Tensor& weights, std::size_t axis,
                       std::span<const float> scales);

struct BiasAndScales {
  std::vector<std::int32_t> bias;
  std::vector<float> bias_scales;
  std::vector<float> weight_scales;  ///< raised where the bias would have overflowed
};

/// Bias of scale input scale * weight scale. Where it exceeds half the int32 range, the
/// bias' scale and with it the weights' is raised, for that channel, or for all of a
/// tensor with one scale.
BiasAndScales QuantizeBias(std::span<const float> bias, float input_scale,
                           std::vector<float> weight_scales);

/// Of 64 bits, where nothing overflows: q = round(b / scale), computed in double.
std::vector<std::int64_t> QuantizeWideBias(std::span<const float> bias,
                                           std::span<const float> scales);

/// input scale * weight scale, each rounded.
std::vector<float> BiasScales(float input_scale, std::span<const float> weight_scales);

}  // namespace kinglet
