// Equalization: channels that use little of their tensor's range are scaled up, and the
// weights that read them down, so that one scale for the tensor serves them all.
#pragma once

#include "ir/graph.h"
#include "tune/channel_extremes.h"

namespace kinglet {

/// So many numbers of a channel tell what it may reach in other samples: places of one
/// sample, times samples.
inline constexpr std::size_t kFewestSeen = 1000;

struct EqualizeOptions {
  /// Each channel is scaled by (what would fill the range)^strength.
  double strength = 1;
  /// Only where all that reads the channels are depthwise convolutions.
  bool depthwise_only = false;
  /// That the extremes are of.
  std::size_t samples = kFewestSeen;
  /// Not where it would cost something: clamps at 6, and weights that layers share.
  bool only_free = false;
};

/// A graph that computes the same function: f(k x) = k f(x) for every k above zero, for
/// all that stands between the linear layers around a tensor. A clamp at 6 becomes a
/// clamp at zero with a minimum of 6 k, which INT8 needn't compute where its range ends
/// there. Declined for tensors that are inputs or outputs of the graph, meet an operation
/// that isn't homogeneous, or have channels of which too few numbers were seen.
Graph Equalize(const Graph& graph, const ChannelExtremes& extremes,
               const EqualizeOptions& options);

}  // namespace kinglet
