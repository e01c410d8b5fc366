// One view of everything that is a sum of products with constant weights: convolution,
// depthwise convolution and fully connected are grouped convolutions that differ in where
// a weight lies.
#pragma once

#include <optional>

#include "kernels/arguments.h"
#include "ops/op_def.h"

namespace kinglet {

/// y[o] = b[o] + sum over taps t and channels j of x[FirstChannel(o) + j] at t *
/// weights[o * step_out + t * step_tap + j].
struct LinearGeometry {
  Axis h;  ///< of a fully connected operation the rows, with a kernel of one
  Axis w;
  Size in_channels = 1;
  Size out_channels = 1;
  Size groups = 1;  ///< of a depthwise convolution the input channels
  Size step_out = 1;
  Size step_tap = 1;

  [[nodiscard]] Size Taps() const { return h.kernel * w.kernel; }
  /// Input channels that an output channel reads.
  [[nodiscard]] Size Channels() const { return in_channels / groups; }
  [[nodiscard]] Size FirstChannel(Size out) const {
    return out / (out_channels / groups) * Channels();
  }
  [[nodiscard]] Size Weight(Size out, Size tap, Size channel) const {
    return out * step_out + tap * step_tap + channel;
  }
};

/// Whether the operation is such a sum.
bool HasLinearGeometry(const Op& op);

/// Where inputs and weights meet. REQUIRES: HasLinearGeometry of the node's operation.
LinearGeometry LinearGeometryOf(const NodeView& view);

}  // namespace kinglet
