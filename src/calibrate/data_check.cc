#include "calibrate/data_check.h"

#include "ops/bend.h"
#include "ops/op_def.h"

namespace kinglet {
namespace {

/// A layer with weights and without a clamp makes it: either sign can be.
bool HasEitherSign(const Graph& graph, const Uses& uses, ValueId id) {
  const auto producer = uses.Producer(id);
  if (!producer.has_value()) return false;
  const Op& op = graph.nodes[*producer].op;
  return DefOf(op).quantization.weights.has_value() && BendOf(op) == Bend::kNone;
}

}  // namespace

std::vector<OneSided> FindOneSided(const Graph& graph, const Ranges& ranges) {
  const Uses uses(graph);
  std::vector<OneSided> found;
  for (const Node& node : graph.nodes) {
    const Bend bend = BendOf(node.op);
    if (bend == Bend::kNone) continue;
    const bool is_clamp = bend == Bend::kClamp;
    const ValueId id = is_clamp ? node.outputs[0] : node.inputs[0];
    const std::optional<Range>& range = ranges[Index(id)];
    if (!range.has_value() || (!is_clamp && !HasEitherSign(graph, uses, id))) continue;
    if (range->max <= 0) found.push_back({node.name, false});
    if (!is_clamp && range->min >= 0 && range->max > 0)
      found.push_back({node.name, true});
  }
  return found;
}

std::vector<ConstantCount> CountConstantChannels(const Graph& graph,
                                                 const ConstantChannels& channels) {
  std::vector<ConstantCount> counts;
  for (const Node& node : graph.nodes) {
    const ValueId id = node.outputs[0];
    const std::size_t constant = channels.Count(id);
    if (constant == 0) continue;
    counts.push_back(
        {node.name, constant, static_cast<std::size_t>(graph[id].shape.back())});
  }
  return counts;
}

}  // namespace kinglet
