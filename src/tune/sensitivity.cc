#include "tune/sensitivity.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "ops/pointwise.h"
#include "quantize/addends.h"
#include "quantize/assign_params.h"
#include "quantize/deciding_ranges.h"
#include "run/layerwise.h"
#include "tune/graph_tail.h"
#include "tune/rounded_copy.h"

namespace kinglet {
namespace {

constexpr std::size_t kMostOperations = 1000;

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

/// Results of one graph, up to a node that comes ever later, on all samples.
class Heads {
 public:
  Heads(const Graph& graph, const SampleRefs& samples, std::size_t workers)
      : uses_(graph), run_(graph, samples, workers) {}

  /// What `changed`, which is the graph but for what a value becomes behind its producer,
  /// computes. REQUIRES: no value that comes before that of an earlier call.
  std::vector<Outputs> Continued(const Graph& changed, ValueId id, std::size_t workers) {
    const std::size_t first = uses_.Producer(id).value_or(0);
    while (run_.next() < first) run_.Step();
    const GraphTail tail = TailOf(changed, first);
    std::vector<Sample> read(run_.samples());
    run_.ForEach([&](std::size_t s) {
      for (const ValueId of_head : tail.reads) read[s].push_back(run_.At(s, of_head));
    });
    return OutputsOf(tail.graph, RefsTo(read), workers);
  }

 private:
  const Uses uses_;
  LayerwiseRun run_;
};

/// The values whose rounding is looked at.
std::vector<ValueId> Rounded(const Graph& graph, const ParamsPlan& plan) {
  const Uses uses(graph);
  std::vector<ValueId> rounded;
  const auto look = [&](ValueId id) {
    if (plan.params[Index(id)].has_value() && uses.Count(id) > 0) rounded.push_back(id);
  };
  for (const Port& port : graph.inputs) look(port.value);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!plan.quantized_nodes[i] || WantsOneScale(node)) continue;
    if (OnlyShifts(graph, plan, node)) continue;
    for (const ValueId id : node.outputs) look(id);
  }
  return rounded;
}

}  // namespace

std::vector<Sensitivity> FindSensitivities(const Graph& graph, const Ranges& ranges,
                                           const QuantizeOptions& options,
                                           const SampleRefs& samples,
                                           std::span<const Outputs> reference,
                                           std::size_t workers, int copies) {
  const ParamsPlan plan = AssignParams(graph, ranges, options);
  const Graph cut = WithoutPoles(graph, plan);
  Heads heads(cut, samples, workers);
  std::vector<Sensitivity> found;
  for (const ValueId id : Rounded(graph, plan)) {
    const Graph rounded = copies == 1 ? WithRoundedValue(cut, id, plan)
                                      : WithValueInCopies(cut, id, plan, copies);
    found.push_back({id, ErrorsOf(reference, heads.Continued(rounded, id, workers))});
  }
  return found;
}

bool CanMeasureEach(const Graph& graph) { return graph.nodes.size() <= kMostOperations; }

}  // namespace kinglet
