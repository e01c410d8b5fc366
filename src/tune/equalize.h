// Equalization: channels that use little of their tensor's range are scaled up, and the
// weights that read them down, so that one scale for the tensor serves them all.
#pragma once

#include "ir/graph.h"
#include "tune/channel_extremes.h"

namespace kinglet {

struct EqualizeOptions {
  /// Each channel is scaled by (what would fill the range)^strength.
  double strength = 1;
  /// Only where all that reads the channels are depthwise convolutions.
  bool depthwise_only = false;
};

/// A graph that computes the same function: f(k x) = k f(x) for every k above zero, for
/// all that stands between the linear layers around a tensor. A clamp at 6 becomes a
/// clamp at zero with a minimum of 6 k, which INT8 needn't compute where its range ends
/// there. Declined for tensors that are inputs or outputs of the graph, or meet an
/// operation that isn't homogeneous.
Graph Equalize(const Graph& graph, const ChannelExtremes& extremes,
               const EqualizeOptions& options);

}  // namespace kinglet
