#include "tune/float_means.h"

#include "ops/linear.h"
#include "tune/tap_means.h"

namespace kinglet {
namespace {

std::vector<double> FloatOutput(const Graph& graph, const Node& node,
                                std::span<const float> input) {
  const LinearGeometry linear = LinearGeometryOf({graph, node});
  std::vector<double> means = MeanProducts(linear, TapMeans(linear, input),
                                           graph[node.inputs[1]].constant->Data<float>());
  if (node.inputs.size() > 2) {
    const auto bias = graph[node.inputs[2]].constant->Data<float>();
    for (std::size_t c = 0; c < means.size(); ++c) means[c] += bias[c];
  }
  return means;
}

}  // namespace

bool IsLinearLayer(const Graph& graph, const Node& node) {
  const OpDef& def = DefOf(node.op);
  if (!HasLinearGeometry(node.op)) return false;
  return graph[node.inputs[*def.quantization.weights]].constant != nullptr;
}

FloatMeansCollector::FloatMeansCollector(const Graph& graph, std::size_t samples)
    : graph_(&graph), readers_(graph.values.size()) {
  for (const Node& node : graph.nodes) {
    if (!IsLinearLayer(graph, node)) continue;
    readers_[Index(node.inputs[0])].push_back(&node);
    means_[graph[node.outputs[0]].name].resize(samples);
  }
}

void FloatMeansCollector::See(std::size_t sample, ValueId id,
                              std::span<const std::byte> bytes) {
  for (const Node* node : readers_[Index(id)]) {
    means_.at((*graph_)[node->outputs[0]].name)[sample] =
        FloatOutput(*graph_, *node, AsFloats(bytes));
  }
}

}  // namespace kinglet
