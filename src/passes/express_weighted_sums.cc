// A sum over places of vectors times weights, as attention pooling makes it, is a row of
// weights times a matrix. The product rounds once where two operations round twice, and
// reference kernels of SUM in INT8 are wrong in some runtimes.
#include <algorithm>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// [batch, places..., vector] with one axis for all places.
Shape WithPlacesInARow(const Shape& shape) {
  std::int64_t places = 1;
  for (std::size_t i = 1; i + 1 < shape.size(); ++i) places *= shape[i];
  return {shape.front(), places, shape.back()};
}

/// Whether the sum is over all axes but the first and the last.
bool IsOverPlaces(const Sum& sum, std::size_t rank) {
  Ints axes = sum.axes;
  for (std::int64_t& axis : axes) axis += axis < 0 ? static_cast<std::int64_t>(rank) : 0;
  std::ranges::sort(axes);
  Ints places;
  for (std::size_t i = 1; i + 1 < rank; ++i)
    places.push_back(static_cast<std::int64_t>(i));
  return axes == places;
}

bool IsPlainProduct(const Graph& graph, const Node& node) {
  const auto* mul = std::get_if<Mul>(&node.op);
  return mul != nullptr && mul->activation == Activation::kNone &&
         !OnlyComputedInput(graph, node).has_value();
}

struct WeightedSum {
  ValueId weights;  // [batch, places..., 1]
  ValueId vectors;  // [batch, places..., vector]
};

std::optional<WeightedSum> WeightedSumOf(const Graph& graph, const Uses& uses,
                                         const Node& node) {
  const auto* sum = std::get_if<Sum>(&node.op);
  if (sum == nullptr || graph[node.inputs[0]].dtype != DType::kFloat32) return {};
  const Shape& shape = graph[node.inputs[0]].shape;
  const auto producer = uses.Producer(node.inputs[0]);
  if (shape.size() < 3 || !IsOverPlaces(*sum, shape.size()) || !producer.has_value() ||
      uses.Count(node.inputs[0]) != 1 || !IsPlainProduct(graph, graph.nodes[*producer])) {
    return {};
  }
  Shape of_weights = shape;
  of_weights.back() = 1;
  const std::vector<ValueId>& factors = graph.nodes[*producer].inputs;
  for (const std::size_t i : {0U, 1U}) {
    if (graph[factors[i]].shape == of_weights && graph[factors[1 - i]].shape == shape) {
      return WeightedSum{factors[i], factors[1 - i]};
    }
  }
  return {};
}

}  // namespace

Graph ExpressWeightedSums(const Graph& graph) {
  const Uses uses(graph);
  Graph expressed = graph;
  expressed.nodes.clear();
  for (const Node& node : graph.nodes) {
    const auto found = WeightedSumOf(graph, uses, node);
    if (!found.has_value()) {
      expressed.nodes.push_back(node);
      continue;
    }
    const auto reshaped = [&](ValueId id, const Shape& shape) {
      const ValueId to = ValueLike(expressed, id, shape);
      expressed.nodes.push_back({Reshape{shape}, {id}, {to}, node.name});
      return to;
    };
    const Shape matrix = WithPlacesInARow(graph[found->vectors].shape);
    const ValueId row = reshaped(found->weights, {matrix[0], 1, matrix[1]});
    const ValueId rows = reshaped(found->vectors, matrix);
    const ValueId out = node.outputs[0];
    const ValueId product = ValueLike(expressed, out, {matrix[0], 1, matrix[2]});
    expressed.nodes.push_back({BatchMatMul{}, {row, rows}, {product}, node.name});
    expressed.nodes.push_back({Reshape{graph[out].shape}, {product}, {out}, node.name});
  }
  return WithoutDeadParts(expressed);
}

}  // namespace kinglet
