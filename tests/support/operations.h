// A graph's operations as a line of text.
#pragma once

#include <string>

#include "ir/graph.h"
#include "ops/op_def.h"

namespace kinglet {

/// "quantize add dequantize": the operations in order.
inline std::string Operations(const Graph& graph) {
  std::string names;
  for (const Node& node : graph.nodes) {
    names += (names.empty() ? "" : " ") + std::string(NameOf(node.op));
  }
  return names;
}

/// What a node reads.
inline const Value& Input(const Graph& graph, std::size_t node, std::size_t input) {
  return graph[graph.nodes.at(node).inputs.at(input)];
}

}  // namespace kinglet
