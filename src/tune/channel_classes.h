// Which tensors must have the same factors on their channels.
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// Tensors whose channels can be scaled together: linear layers make them and read them,
/// and between those stand only operations that keep channels apart.
struct ChannelClass {
  std::size_t channels = 0;
  std::vector<ValueId> values;
  std::vector<std::size_t> producers;  ///< linear nodes that make one of them
  std::vector<std::size_t> readers;    ///< linear nodes that read one of them
  std::vector<std::size_t> offsets;    ///< nodes that add a constant to one of them
};

/// All that can be scaled, in the order of their first value.
std::vector<ChannelClass> FindChannelClasses(const Graph& graph);

}  // namespace kinglet
