// The rest of a graph behind a point of it.
#pragma once

#include <cstddef>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

struct GraphTail {
  Graph graph;
  std::vector<ValueId> reads;  ///< by input of `graph`: which value of the whole it is
};

/// The nodes from `first` on; what they and the outputs read of earlier ones, and of the
/// graph's inputs, are the inputs of the tail.
GraphTail TailOf(const Graph& graph, std::size_t first);

}  // namespace kinglet
