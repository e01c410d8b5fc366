#include "quantize/float_inputs.h"

#include <algorithm>
#include <vector>

#include "ops/pointwise.h"

namespace kinglet {
namespace {

/// By node.
std::vector<bool> InFront(const Graph& graph) {
  const Uses uses(graph);
  std::vector<bool> is_float(graph.values.size());  // by value
  for (const Port& port : graph.inputs) {
    is_float[Index(port.value)] = graph[port.value].dtype == DType::kFloat32;
  }
  std::vector<bool> in_front;
  for (const Node& node : graph.nodes) {
    const ValueId out = node.outputs[0];
    const auto is_known = [&](ValueId id) {
      return graph[id].constant != nullptr || is_float[Index(id)];
    };
    const auto has_its_shape = [&](ValueId id) {
      return is_float[Index(id)] && graph[id].shape == graph[out].shape;
    };
    const bool is_such = (IsPointwise(node.op) || IsArithmetic(node.op)) &&
                         !uses.IsGraphOutput(out) &&
                         std::ranges::all_of(node.inputs, is_known) &&
                         std::ranges::any_of(node.inputs, has_its_shape);
    is_float[Index(out)] = is_such;
    in_front.push_back(is_such);
  }
  return in_front;
}

}  // namespace

Precisions WithFloatInputs(const Graph& graph, Precisions precisions) {
  precisions.resize(graph.nodes.size(), Precision::kInt8);
  const std::vector<bool> in_front = InFront(graph);
  for (std::size_t i = 0; i < in_front.size(); ++i) {
    if (in_front[i]) precisions[i] = Precision::kFloat;
  }
  return precisions;
}

}  // namespace kinglet
