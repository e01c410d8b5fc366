// Values tied by an operation that wants one scale form a group. An operation with a
// single float operand hands its operand's parameters on; one with several makes all
// operands take the range of its result. A result of fixed range keeps its own: where it
// meets a group of several operands, the edge is requantized instead (quantize_int8.cc).
#include "quantize/assign_params.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "quantize/params.h"

namespace kinglet {
namespace {

bool IsFloat(const Value& value) { return value.dtype == DType::kFloat32; }

/// Disjoint sets of values.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t Root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void Join(std::size_t a, std::size_t b) { parent_[Root(b)] = Root(a); }

 private:
  std::vector<std::size_t> parent_;
};

class Assigner {
 public:
  Assigner(const Graph& graph, const Ranges& ranges)
      : graph_(graph), ranges_(ranges), groups_(graph.values.size()) {}

  ParamsPlan Run() {
    FindQuantizedNodes();
    JoinGroups();
    AssignGroups();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (plan_.quantized_nodes[i]) Guard(graph_.nodes[i]);
    }
    return std::move(plan_);
  }

 private:
  static const QuantRule& RuleOf(const Node& node) { return DefOf(node.op).quantization; }

  [[nodiscard]] bool HasRange(ValueId id) const {
    return graph_[id].constant != nullptr || ranges_[Index(id)].has_value();
  }

  void FindQuantizedNodes() {
    for (const Node& node : graph_.nodes) {
      const auto usable = [this](ValueId id) {
        return IsFloat(graph_[id]) && HasRange(id);
      };
      plan_.quantized_nodes.push_back(RuleOf(node).range != RangeRule::kFloatOnly &&
                                      std::ranges::all_of(node.inputs, usable) &&
                                      std::ranges::all_of(node.outputs, usable));
    }
  }

  /// Float operands, constants among them.
  static bool HasOneOperand(const Node& node) { return node.inputs.size() == 1; }

  void JoinGroups() {
    const Uses uses(graph_);
    is_fixed_.resize(graph_.values.size());
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!plan_.quantized_nodes[i]) continue;
      const RangeRule rule = RuleOf(node).range;
      for (const ValueId out : node.outputs) {
        if (rule == RangeRule::kFixed) fixed_[Index(out)] = RuleOf(node).fixed;
        is_fixed_[Index(out)] =
            rule == RangeRule::kFixed || (rule == RangeRule::kSameAsInputs &&
                                          HasOneOperand(node) && IsFixed(node.inputs[0]));
      }
      if (rule == RangeRule::kSameAsInputs) Join(node);
    }
  }

  [[nodiscard]] bool IsFixed(ValueId id) const { return is_fixed_[Index(id)]; }

  void Join(const Node& node) {
    const ValueId out = node.outputs[0];
    for (const ValueId in : node.inputs) {
      if (graph_[in].constant != nullptr) continue;
      if (!HasOneOperand(node) && IsFixed(in)) continue;
      groups_.Join(Index(in), Index(out));
    }
    for (const ValueId other : node.outputs) groups_.Join(Index(out), Index(other));
    if (!HasOneOperand(node)) leaders_.push_back(out);
  }

  /// Results of operations with several operands decide their group's range; else the
  /// first value of the group does.
  void AssignGroups() {
    std::map<std::size_t, QuantParams> chosen;
    for (const auto& [value, params] : fixed_)
      chosen.emplace(groups_.Root(value), params);
    std::map<std::size_t, Range> led;
    for (const ValueId id : leaders_) {
      const Range& range = *ranges_[Index(id)];
      const auto [entry, is_new] = led.emplace(groups_.Root(Index(id)), range);
      if (!is_new) entry->second = Union(entry->second, range);
    }
    for (const auto& [root, range] : led) chosen.emplace(root, ActivationParams(range));
    plan_.params.resize(graph_.values.size());
    for (const ValueId id : InOrder()) {
      if (!ranges_[Index(id)].has_value()) continue;
      const std::size_t root = groups_.Root(Index(id));
      const auto own = ActivationParams(*ranges_[Index(id)]);
      plan_.params[Index(id)] = chosen.emplace(root, own).first->second;
    }
  }

  /// Inputs, then results in the order of their nodes.
  [[nodiscard]] std::vector<ValueId> InOrder() const {
    std::vector<ValueId> order;
    for (const Port& port : graph_.inputs) order.push_back(port.value);
    for (const Node& node : graph_.nodes) {
      order.insert(order.end(), node.outputs.begin(), node.outputs.end());
    }
    return order;
  }

  [[nodiscard]] float ScaleOf(ValueId id) const {
    if (plan_.params[Index(id)].has_value()) return plan_.params[Index(id)]->scale;
    const auto values = graph_[id].constant->Data<float>();
    const auto [min, max] = std::ranges::minmax(values);
    return ActivationParams({min, max}).scale;
  }

  /// Addition rescales by t / (2^20 s_out), t = 2 max(s_a, s_b), which must stay below
  /// one: a result that is all but constant gets a scale from which that holds.
  void Guard(const Node& node) {
    const bool is_sum =
        std::holds_alternative<Add>(node.op) || std::holds_alternative<Sub>(node.op);
    if (!is_sum) return;
    constexpr float kSteps = 1048576.0F;  // 2^20
    const float t = 2 * std::max(ScaleOf(node.inputs[0]), ScaleOf(node.inputs[1]));
    QuantParams& out = *plan_.params[Index(node.outputs[0])];
    if (t / (kSteps * out.scale) < 1) return;
    const std::size_t root = groups_.Root(Index(node.outputs[0]));
    const QuantParams widened{2 * t / kSteps, out.zero_point};
    for (std::size_t i = 0; i < plan_.params.size(); ++i) {
      if (plan_.params[i].has_value() && groups_.Root(i) == root)
        plan_.params[i] = widened;
    }
  }

  const Graph& graph_;
  const Ranges& ranges_;
  Groups groups_;
  std::map<std::size_t, QuantParams> fixed_;
  std::vector<bool> is_fixed_;
  std::vector<ValueId> leaders_;
  ParamsPlan plan_;
};

}  // namespace

ParamsPlan AssignParams(const Graph& graph, const Ranges& ranges) {
  return Assigner(graph, ranges).Run();
}

}  // namespace kinglet
