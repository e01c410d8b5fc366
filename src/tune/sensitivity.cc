#include "tune/sensitivity.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "ops/pointwise.h"
#include "quantize/addends.h"
#include "quantize/assign_params.h"
#include "quantize/deciding_ranges.h"
#include "tune/rounded_copy.h"

namespace kinglet {
namespace {

/// The graph with results that can be infinite cut where their INT8 ranges end: the
/// logarithm of what was rounded to zero is the lowest number there.
Graph WithoutPoles(const Graph& graph, const ParamsPlan& plan) {
  Graph cut = graph;
  cut.nodes.clear();
  for (const Node& node : graph.nodes) {
    cut.nodes.push_back(node);
    const ValueId out = node.outputs[0];
    const auto& params = plan.params[Index(out)];
    if (!HasPoles(node.op) || !params.has_value()) continue;
    const auto append = [&](Op op, ValueId of, std::int32_t code) {
      const float end = params->scale * static_cast<float>(code - params->zero_point);
      const ValueId limit =
          cut.AddConstant(graph[out].name, Tensor::Of<float>({}, std::span(&end, 1)));
      cut.nodes.push_back({std::move(op), {of, limit}, {out}, node.name});
    };
    const ValueId whole = cut.AddValue(graph[out]);
    const ValueId below = cut.AddValue(graph[out]);
    cut.nodes.back().outputs[0] = whole;
    append(Minimum{}, whole, INT8_MAX);
    cut.nodes.back().outputs[0] = below;
    append(Maximum{}, below, INT8_MIN);
  }
  return cut;
}

/// A constant added to what has the same steps leaves it on them.
bool OnlyShifts(const Graph& graph, const ParamsPlan& plan, const Node& node) {
  if (!IsSum(node)) return false;
  const auto& out = plan.params[Index(node.outputs[0])];
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& other = plan.params[Index(node.inputs[1 - i])];
    if (graph[node.inputs[i]].constant == nullptr || !other.has_value()) continue;
    return other->scale == out->scale;
  }
  return false;
}

}  // namespace

std::vector<Sensitivity> FindSensitivities(const Graph& graph, const Ranges& ranges,
                                           const QuantizeOptions& options,
                                           const SampleRefs& samples,
                                           std::span<const Outputs> reference,
                                           std::size_t workers, int copies) {
  const ParamsPlan plan = AssignParams(graph, ranges, options);
  const Graph cut = WithoutPoles(graph, plan);
  const Uses uses(graph);
  std::vector<Sensitivity> found;
  const auto look = [&](ValueId id) {
    if (!plan.params[Index(id)].has_value() || uses.Count(id) == 0) return;
    const Graph rounded = copies == 1 ? WithRoundedValue(cut, id, plan)
                                      : WithValueInCopies(cut, id, plan, copies);
    found.push_back({id, ErrorsOf(reference, OutputsOf(rounded, samples, workers))});
  };
  for (const Port& port : graph.inputs) look(port.value);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!plan.quantized_nodes[i] || WantsOneScale(node)) continue;
    if (OnlyShifts(graph, plan, node)) continue;
    for (const ValueId id : node.outputs) look(id);
  }
  return found;
}

}  // namespace kinglet
