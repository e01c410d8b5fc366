// Convolutions and dense layers on integers: activations int8 with an int32 bias, or
// int16 with an int32 or int64 bias; weights int8 constants (rules 8.1 and 8.2).
#pragma once

#include "kernels/int_arguments.h"
#include "ops/op_def.h"

namespace kinglet {

/// One per output channel: input scale * weight scale / output scale, in double.
std::vector<double> ChannelFactors(const NodeView& view);

/// Geometry, with one factor per output channel.
struct IntLinear {
  Size batch = 1;
  Axis h = {};
  Axis w = {};
  Size in_channels = 1;
  Size out_channels = 1;
  Size groups = 1;
  Activation activation = Activation::kNone;
  std::vector<double> factors = {};
  bool in_double = false;  ///< multiply by these, not by fixed-point multipliers
  /// [out_channels][kh][kw][in_channels / groups], if not those of input 1.
  std::vector<std::int8_t> weights = {};
};

/// Input 0: the activation, 1: the weights, 2: the bias, which may be absent.
Kernel IntConv(const IntLinear& linear, const NodeView& view);
/// The same, each input channel by itself: `groups` isn't read.
Kernel IntDepthwise(const IntLinear& linear, const NodeView& view);

}  // namespace kinglet
