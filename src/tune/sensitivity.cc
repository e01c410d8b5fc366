#include "tune/sensitivity.h"

#include "quantize/assign_params.h"
#include "quantize/deciding_ranges.h"

namespace kinglet {
namespace {

/// The graph with `id` rounded for all that read it.
Graph WithRounded(const Graph& graph, ValueId id, const QuantParams& params) {
  Graph rounded = graph;
  Value integers = graph[id];
  integers.name += "/rounded";
  integers.dtype = DType::kInt8;
  integers.quantization = Quantization{{params.scale}, {params.zero_point}, 0};
  const ValueId stored = rounded.AddValue(integers);
  Value floats = graph[id];
  floats.name += "/again";
  const ValueId again = rounded.AddValue(floats);
  const auto redirect = [&](ValueId& read) { read = read == id ? again : read; };
  for (Node& node : rounded.nodes) {
    for (ValueId& read : node.inputs) redirect(read);
  }
  for (Port& port : rounded.outputs) redirect(port.value);
  const auto producer = Uses(graph).Producer(id);
  const auto place =
      rounded.nodes.begin() +
      static_cast<std::ptrdiff_t>(producer.has_value() ? *producer + 1 : 0);
  const std::string name = graph[id].name;
  rounded.nodes.insert(place, {Node{Quantize{}, {id}, {stored}, name},
                               Node{Dequantize{}, {stored}, {again}, name}});
  return rounded;
}

}  // namespace

std::vector<Sensitivity> FindSensitivities(const Graph& graph, const Ranges& ranges,
                                           const SampleRefs& samples,
                                           std::span<const Outputs> reference,
                                           std::size_t workers) {
  const ParamsPlan plan = AssignParams(graph, ranges);
  const Uses uses(graph);
  std::vector<Sensitivity> found;
  const auto look = [&](ValueId id) {
    if (!plan.params[Index(id)].has_value() || uses.Count(id) == 0) return;
    const Graph rounded = WithRounded(graph, id, *plan.params[Index(id)]);
    found.push_back({id, ErrorsOf(reference, OutputsOf(rounded, samples, workers))});
  };
  for (const Port& port : graph.inputs) look(port.value);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!plan.quantized_nodes[i] || WantsOneScale(node)) continue;
    for (const ValueId id : node.outputs) look(id);
  }
  return found;
}

}  // namespace kinglet
