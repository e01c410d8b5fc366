// Dynamic range: float activations that are quantized as they come, and INT8 weights
// (docs/numerics.md, rule 9).
#pragma once

#include "kernels/arguments.h"
#include "ops/op_def.h"

namespace kinglet {

/// Float activations and a float result, but INT8 weights.
bool IsHybrid(const NodeView& view);

/// A sample as integers: x = scale * q, q = its int8 value less the zero point.
struct QuantizedSample {
  float scale = 1.0F;
  std::vector<std::int16_t> values;
};

/// Rule 9.1.
void QuantizeAsymmetric(std::span<const float> x, QuantizedSample& sample);

/// In which order a sum becomes a float: with s_x and s_w the scales and b the bias,
/// kConv: sum * s_w * s_x + b; kDepthwise: sum * (s_w * s_x) + b;
/// kDense: b + sum * (s_x * s_w).
enum class HybridForm : std::uint8_t { kConv, kDepthwise, kDense };

/// `batch` samples of [h.in, w.in, in_channels] are quantized each by itself. The weights
/// are [out_channels][kh][kw][in_channels / groups], of kDepthwise
/// [kh][kw][out_channels].
struct HybridPlan {
  HybridForm form = HybridForm::kConv;
  Size batch = 1;
  Axis h = {};
  Axis w = {};
  Size in_channels = 1;
  Size out_channels = 1;
  Size groups = 1;
  Clamp clamp = {};
};

/// Input 0: the activation, 1: the weights, 2: the bias, which may be absent.
/// REQUIRES: IsHybrid, constant weights and bias.
Kernel CompileHybrid(const HybridPlan& plan, const NodeView& view);

}  // namespace kinglet
