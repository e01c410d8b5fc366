// Ranges that count and fixed results give the first parameters (deciding_ranges.h). An
// operation that wants one scale then hands its parameters to what has none yet, operands
// and results, later operations first, as TensorFlow does. What has parameters keeps
// them: where an operation wants others, the edge is requantized (quantize_int8.cc).
#include "quantize/assign_params.h"

#include <algorithm>

#include "quantize/addends.h"
#include "quantize/deciding_ranges.h"
#include "quantize/params.h"
#include "quantize/safe_scales.h"

namespace kinglet {
namespace {

bool IsFloat(const Value& value) { return value.dtype == DType::kFloat32; }

const QuantRule& RuleOf(const Node& node) { return DefOf(node.op).quantization; }

/// Of 16-bit results between -1 and 1.
constexpr QuantParams kWideFixed = {1.0F / 32768, 0};

class Assigner {
 public:
  Assigner(const Graph& graph, const Ranges& ranges, const QuantizeOptions& options,
           Precision precision)
      : graph_(graph),
        ranges_(ranges),
        options_(options),
        precision_(precision),
        is_wide_(precision == Precision::kInt16),
        uses_(graph),
        settled_(graph.values.size()) {
    plan_.params.resize(graph.values.size());
  }

  ParamsPlan Run() {
    FindQuantizedNodes();
    LeaveAtFloatEnds();
    LeaveIslands();
    LeaveComparisonsOfFloats();
    Settle();
    Flow();
    Spread();
    GiveOwn();
    Spread();
    return std::move(plan_);
  }

 private:
  [[nodiscard]] bool IsUsable(ValueId id) const {
    return !IsFloat(graph_[id]) || graph_[id].constant != nullptr ||
           ranges_[Index(id)].has_value();
  }

  [[nodiscard]] Precision WantedOf(std::size_t node) const {
    return options_.precisions.empty() ? Precision::kInt8 : options_.precisions[node];
  }

  /// Nodes of this precision with such a form whose float tensors all have a range.
  void FindQuantizedNodes() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      const auto usable = [this](ValueId id) { return IsUsable(id); };
      const bool has_floats =
          !FloatOperands(graph_, node).empty() || IsFloat(graph_[node.outputs[0]]);
      plan_.quantized_nodes.push_back(WantedOf(i) == precision_ && has_floats &&
                                      DefOf(node.op).has_int8(node.op) &&
                                      (!is_wide_ || DefOf(node.op).has_int16(node.op)) &&
                                      std::ranges::all_of(node.inputs, usable) &&
                                      std::ranges::all_of(node.outputs, usable));
    }
  }

  [[nodiscard]] bool IsMadeInFloat(ValueId id) const {
    const auto producer = uses_.Producer(id);
    if (!producer.has_value()) return false;
    const Node& node = graph_.nodes[*producer];
    return !DefOf(node.op).has_int8(node.op) ||
           (RuleOf(node).only_between_integers && !plan_.quantized_nodes[*producer]);
  }

  /// By value: somebody takes the floats, at once or behind what moves them.
  [[nodiscard]] std::vector<bool> ReadInFloat() const {
    std::vector<bool> is_read(graph_.values.size());
    for (const Port& port : graph_.outputs) is_read[Index(port.value)] = true;
    for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
      const Node& node = graph_.nodes[i];
      const bool moves_on =
          WantsOneScale(node) && std::ranges::any_of(node.outputs, [&](ValueId out) {
            return is_read[Index(out)];
          });
      if (plan_.quantized_nodes[i] && !moves_on) continue;
      for (const ValueId operand : node.inputs) is_read[Index(operand)] = true;
    }
    return is_read;
  }

  void LeaveAtFloatEnds() {
    const std::vector<bool> is_read_in_float = ReadInFloat();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!RuleOf(node).only_between_integers) continue;
      const auto producer = uses_.Producer(node.inputs[0]);
      if (!producer.has_value() || !plan_.quantized_nodes[*producer] ||
          is_read_in_float[Index(node.outputs[0])]) {
        plan_.quantized_nodes[i] = false;
      }
    }
  }

  /// What maps the result of an operation without integer form element by element, for
  /// readers that want floats, stays in float: conversions on both sides would cost more
  /// than they save.
  void LeaveIslands() {
    const auto is_float = [this](std::size_t n) {
      const bool is_other = WantedOf(n) != precision_ && WantedOf(n) != Precision::kFloat;
      return !plan_.quantized_nodes[n] && !is_other;
    };
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (node.inputs.size() != 1 || node.outputs.size() != 1) continue;
      const bool is_map = ElementCount(graph_[node.inputs[0]].shape) ==
                          ElementCount(graph_[node.outputs[0]].shape);
      if (is_map && IsMadeInFloat(node.inputs[0]) &&
          std::ranges::all_of(uses_.Readers(node.outputs[0]), is_float)) {
        plan_.quantized_nodes[i] = false;
      }
    }
  }

  /// Whether a value is made in float, or is the reshaped form of one that is.
  [[nodiscard]] bool ExistsInFloat(ValueId id) const {
    const auto producer = uses_.Producer(id);
    if (!producer.has_value() || !plan_.quantized_nodes[*producer]) return true;
    const Node& node = graph_.nodes[*producer];
    return std::holds_alternative<Reshape>(node.op) && ExistsInFloat(node.inputs[0]);
  }

  /// Reshapes that a comparison reads, and what they read, are left in float.
  void LeaveReshapes(ValueId id) {
    const auto producer = uses_.Producer(id);
    if (!producer.has_value() || !plan_.quantized_nodes[*producer]) return;
    plan_.quantized_nodes[*producer] = false;
    LeaveReshapes(graph_.nodes[*producer].inputs[0]);
  }

  /// Comparisons whose operands exist in float read those: rounding makes neighbours of a
  /// threshold equal to it, and the result is no number to quantize.
  void LeaveComparisonsOfFloats() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!std::holds_alternative<Relational>(node.op)) continue;
      if (!std::ranges::all_of(node.inputs,
                               [this](ValueId id) { return ExistsInFloat(id); })) {
        continue;
      }
      plan_.quantized_nodes[i] = false;
      for (const ValueId input : node.inputs) LeaveReshapes(input);
    }
  }

  std::optional<QuantParams>& ParamsOf(ValueId id) { return plan_.params[Index(id)]; }

  /// Parameters that nothing changes.
  void Settle() {
    deciding_ = DecidingRanges(graph_, ranges_, plan_.quantized_nodes);
    for (std::size_t i = 0; i < deciding_.decides.size(); ++i) {
      if (deciding_.decides[i]) plan_.params[i] = OwnParams(static_cast<ValueId>(i));
    }
    SettleFixed();
    SettleGiven();
    for (std::size_t i = 0; i < settled_.size(); ++i) {
      settled_[i] = plan_.params[i].has_value();
    }
  }

  void SettleFixed() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!plan_.quantized_nodes[i] || RuleOf(node).range != RangeRule::kFixed) continue;
      for (const ValueId out : node.outputs) {
        ParamsOf(out) = is_wide_ ? kWideFixed : RuleOf(node).fixed;
      }
    }
  }

  void SettleGiven() {
    if (is_wide_) return;
    for (std::size_t i = 0; i < options_.input_params.size(); ++i) {
      const auto& given = options_.input_params[i];
      if (given.has_value()) ParamsOf(graph_.inputs[i].value) = given;
    }
  }

  /// From settled parameters on through what moves one operand.
  void Flow() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!plan_.quantized_nodes[i] || !WantsOneScale(node)) continue;
      const std::vector<ValueId> operands = FloatOperands(graph_, node);
      if (operands.size() != 1 || !ParamsOf(operands[0]).has_value()) continue;
      for (const ValueId out : node.outputs) {
        if (!ParamsOf(out).has_value()) ParamsOf(out) = ParamsOf(operands[0]);
      }
    }
  }

  void Spread() {
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) waiting.push_back(i);
    while (!waiting.empty()) {
      const std::size_t i = waiting.back();
      waiting.pop_back();
      if (!plan_.quantized_nodes[i] || !WantsOneScale(graph_.nodes[i])) continue;
      const auto common = CommonParams(graph_.nodes[i]);
      if (!common.has_value()) continue;
      for (const ValueId id : graph_.nodes[i].inputs) {
        const bool is_cut =
            deciding_.keeps[Index(id)] && Cuts(RangeOf(*common), *ranges_[Index(id)]);
        if (!is_cut) Give(id, *common, waiting);
      }
      for (const ValueId id : graph_.nodes[i].outputs) Give(id, *common, waiting);
    }
  }

  /// To what every reader would have cut.
  void GiveOwn() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!plan_.quantized_nodes[i]) continue;
      for (const ValueId id : FloatOperands(graph_, graph_.nodes[i])) {
        if (graph_[id].constant != nullptr || ParamsOf(id).has_value()) continue;
        ParamsOf(id) = OwnParams(id);
      }
    }
  }

  [[nodiscard]] QuantParams OwnParams(ValueId id) const {
    const Range& range = *ranges_[Index(id)];
    return is_wide_ ? WideParams(range) : ActivationParams(range);
  }

  void Give(ValueId id, const QuantParams& params, std::vector<std::size_t>& waiting) {
    const Value& value = graph_[id];
    if (!IsFloat(value) || value.constant != nullptr || ParamsOf(id).has_value()) return;
    ParamsOf(id) = params;
    const auto& readers = uses_.Readers(id);
    waiting.insert(waiting.end(), readers.begin(), readers.end());
    if (const auto producer = uses_.Producer(id)) waiting.push_back(*producer);
  }

  /// What the operands and results share: the result's parameters, or those of a single
  /// operand; settled ones before others.
  std::optional<QuantParams> CommonParams(const Node& node) {
    std::vector<ValueId> sources = DecidingOperands(graph_, uses_, node);
    if (sources.size() != 1) sources.clear();
    sources.insert(sources.end(), node.outputs.begin(), node.outputs.end());
    for (const bool settled : {true, false}) {
      const auto found = std::ranges::find_if(sources, [&](ValueId id) {
        return ParamsOf(id).has_value() && settled_[Index(id)] == settled;
      });
      if (found != sources.end()) return ParamsOf(*found);
    }
    return std::nullopt;
  }

  const Graph& graph_;
  const Ranges& ranges_;
  const QuantizeOptions& options_;
  Precision precision_;
  bool is_wide_;  // INT16 activations
  Uses uses_;
  Deciding deciding_;
  std::vector<bool> settled_;  // by value
  ParamsPlan plan_;
};

}  // namespace

ParamsPlan AssignParams(const Graph& graph, const Ranges& ranges,
                        const QuantizeOptions& options, Precision precision) {
  return WithSafeScales(graph, ranges, options, precision,
                        Assigner(graph, ranges, options, precision).Run());
}

}  // namespace kinglet
