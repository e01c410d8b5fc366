#include "tune/sensitivity.h"

#include <algorithm>

#include "quantize/addends.h"
#include "quantize/assign_params.h"
#include "quantize/deciding_ranges.h"

namespace kinglet {
namespace {

/// A copy of a graph in which one value is rounded for all that read it.
class RoundedCopy {
 public:
  RoundedCopy(const Graph& graph, ValueId id, const QuantParams& params, int parts)
      : graph_(graph), id_(id), params_(params), parts_(parts), rounded_(graph) {}

  Graph Run() {
    const ValueId rounded = Rounded();
    for (Node& node : rounded_.nodes) {
      std::ranges::replace(node.inputs, id_, rounded);
    }
    for (Port& port : rounded_.outputs) {
      if (port.value == id_) port.value = rounded;
    }
    const auto producer = Uses(graph_).Producer(id_);
    const auto place =
        producer.has_value() ? static_cast<std::ptrdiff_t>(*producer) + 1 : 0;
    rounded_.nodes.insert(rounded_.nodes.begin() + place, added_.begin(), added_.end());
    return std::move(rounded_);
  }

 private:
  /// The value in float again after it was rounded.
  ValueId Rounded() {
    Value integers = graph_[id_];
    const std::string name = integers.name;
    integers.name += "/rounded";
    integers.dtype = parts_ == 1 ? DType::kInt8 : DType::kInt16;
    const float step = params_.scale / static_cast<float>(parts_);
    integers.quantization = Quantization{{step}, {params_.zero_point * parts_}, 0};
    const ValueId stored = rounded_.AddValue(integers);
    Value floats = graph_[id_];
    floats.name += "/again";
    const ValueId again = rounded_.AddValue(floats);
    added_.push_back({Quantize{}, {id_}, {stored}, name});
    added_.push_back({Dequantize{}, {stored}, {again}, name});
    return again;
  }

  const Graph& graph_;
  ValueId id_;
  const QuantParams& params_;
  int parts_;
  Graph rounded_;
  std::vector<Node> added_;
};

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
                                           std::size_t workers, int parts) {
  const ParamsPlan plan = AssignParams(graph, ranges, options);
  const Uses uses(graph);
  std::vector<Sensitivity> found;
  const auto look = [&](ValueId id) {
    if (!plan.params[Index(id)].has_value() || uses.Count(id) == 0) return;
    const Graph rounded = RoundedCopy(graph, id, *plan.params[Index(id)], parts).Run();
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
