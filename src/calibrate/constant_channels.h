// Channels that no sample moves.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// Finds the channels (indices of the last axis) of results of operations with constant
/// weights that have one value at every place of every sample. A channel that moves is
/// looked at no longer, so that this costs next to nothing. Shared and merged as a
/// RangeCollector is.
class ConstantChannels {
 public:
  explicit ConstantChannels(const Graph& graph);

  void See(ValueId id, std::span<const std::byte> bytes);
  void Merge(const ConstantChannels& other);

  /// How many of the value's channels have been constant so far.
  [[nodiscard]] std::size_t Count(ValueId id) const { return left_[Index(id)].size(); }

 private:
  struct Channel {
    std::size_t index = 0;
    float value = 0;
    bool moves = false;
  };

  std::vector<std::size_t> channels_;       // by value; 0 where none are looked at
  std::vector<bool> is_seen_;               // by value
  std::vector<std::vector<Channel>> left_;  // by value, in order of index
};

}  // namespace kinglet
