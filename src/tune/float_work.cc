#include "tune/float_work.h"

#include <algorithm>

#include "tune/split_planes.h"

namespace kinglet {
namespace {

constexpr std::int64_t kFewElements = 4096;
constexpr std::int64_t kMacsOfElement = 100;

std::int64_t ElementsInFloat(const Graph& graph) {
  std::int64_t elements = 0;
  for (const Node& node : graph.nodes) {
    const Value& made = graph[node.outputs[0]];
    const bool is_copy = std::holds_alternative<Dequantize>(node.op);
    if (made.dtype == DType::kFloat32 && !is_copy) elements += ElementCount(made.shape);
  }
  return elements;
}

}  // namespace

bool IsCheapInFloat(const Graph& before, const Graph& after) {
  const std::int64_t added = ElementsInFloat(after) - ElementsInFloat(before);
  return added <= std::max(kFewElements, MacsOf(before) / kMacsOfElement);
}

}  // namespace kinglet
