#include "tune/sensitivity.h"

#include <algorithm>
#include <cstdint>

#include "quantize/addends.h"
#include "quantize/assign_params.h"
#include "quantize/deciding_ranges.h"

namespace kinglet {
namespace {

/// A copy of a graph in which one value is rounded for all that read it. What these make
/// of it ends where INT8 ends: the logarithm of what was rounded to zero is no infinity.
class RoundedCopy {
 public:
  RoundedCopy(const Graph& graph, ValueId id, const ParamsPlan& plan, int parts)
      : graph_(graph), id_(id), plan_(plan), parts_(parts), copy_(graph) {
    copy_.nodes.clear();
  }

  Graph Run() {
    const auto is_it = [this](const Port& port) { return port.value == id_; };
    if (std::ranges::any_of(graph_.inputs, is_it)) rounded_ = Rounded();
    for (const Node& node : graph_.nodes) {
      const bool is_reader = std::ranges::count(node.inputs, id_) > 0;
      if (is_reader) {
        AddReader(node);
      } else {
        copy_.nodes.push_back(node);
      }
      if (std::ranges::count(node.outputs, id_) > 0) rounded_ = Rounded();
    }
    for (Port& port : copy_.outputs) {
      if (port.value == id_) port.value = rounded_;
    }
    return std::move(copy_);
  }

 private:
  ValueId Append(Op op, std::vector<ValueId> inputs, Value result) {
    const std::string name = result.name;
    const ValueId id = copy_.AddValue(std::move(result));
    copy_.nodes.push_back({std::move(op), std::move(inputs), {id}, name});
    return id;
  }

  /// The value in float again after it was rounded.
  ValueId Rounded() {
    const QuantParams& params = *plan_.params[Index(id_)];
    Value integers = graph_[id_];
    integers.name += "/rounded";
    integers.dtype = parts_ == 1 ? DType::kInt8 : DType::kInt16;
    const float step = params.scale / static_cast<float>(parts_);
    integers.quantization = Quantization{{step}, {params.zero_point * parts_}, 0};
    const ValueId stored = Append(Quantize{}, {id_}, std::move(integers));
    Value floats = graph_[id_];
    floats.name += "/again";
    return Append(Dequantize{}, {stored}, std::move(floats));
  }

  void AddReader(Node node) {
    std::ranges::replace(node.inputs, id_, rounded_);
    const ValueId out = node.outputs[0];
    const auto& params = plan_.params[Index(out)];
    const bool can_leave_range =
        params.has_value() && node.outputs.size() == 1 &&
        DefOf(node.op).quantization.range == RangeRule::kCalibrated;
    if (!can_leave_range) {
      copy_.nodes.push_back(std::move(node));
      return;
    }
    const auto end = [&](const char* name, std::int32_t code) {
      const float real = params->scale * static_cast<float>(code - params->zero_point);
      return copy_.AddConstant(graph_[out].name + name,
                               Tensor::Of<float>({}, std::span(&real, 1)));
    };
    Value whole = graph_[out];
    whole.name += "/unclamped";
    const ValueId all = Append(std::move(node.op), std::move(node.inputs), whole);
    whole.name = graph_[out].name + "/below_highest";
    const ValueId below = Append(Minimum{}, {all, end("/highest", INT8_MAX)}, whole);
    copy_.nodes.push_back(
        {Maximum{}, {below, end("/lowest", INT8_MIN)}, {out}, graph_[out].name});
  }

  const Graph& graph_;
  ValueId id_;
  const ParamsPlan& plan_;
  int parts_;
  Graph copy_;
  ValueId rounded_{};
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
    const Graph rounded = RoundedCopy(graph, id, plan, parts).Run();
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
