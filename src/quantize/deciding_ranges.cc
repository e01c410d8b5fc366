// As TensorFlow prunes its statistics, in two sweeps. Forward: what an operation with one
// operand makes has no say beside its operand. Backward: every operand of a result that
// still has a say has none, through as many operations as want one scale; but, other than
// TensorFlow's, an operand that others read as well keeps its range where that of the
// result would cut it.
#include "quantize/deciding_ranges.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

namespace kinglet {
namespace {

/// The operand of Maximum and Minimum beside a constant, if others read it too.
std::optional<ValueId> ComparesShared(const Graph& graph, const Uses& uses,
                                      const Node& node) {
  const bool compares = std::holds_alternative<Maximum>(node.op) ||
                        std::holds_alternative<Minimum>(node.op);
  if (!compares) return std::nullopt;
  const bool first_constant = graph[node.inputs[0]].constant != nullptr;
  if (first_constant == (graph[node.inputs[1]].constant != nullptr)) return std::nullopt;
  const ValueId computed = node.inputs[first_constant ? 1 : 0];
  return uses.Count(computed) > 1 ? std::optional(computed) : std::nullopt;
}

class Pruning {
 public:
  Pruning(const Graph& graph, const Ranges& ranges,
          const std::vector<bool>& quantized_nodes)
      : graph_(graph),
        ranges_(ranges),
        quantized_nodes_(quantized_nodes),
        uses_(graph),
        deciding_{{}, std::vector<bool>(graph.values.size())},
        seen_(graph.values.size()) {}

  Deciding Run() {
    for (const auto& range : ranges_) deciding_.decides.push_back(range.has_value());
    Forward();
    const std::vector<bool> after_forward = deciding_.decides;
    for (std::size_t i = 0; i < after_forward.size(); ++i) {
      head_ = static_cast<ValueId>(i);
      if (after_forward[i]) Backward(head_);
    }
    return std::move(deciding_);
  }

 private:
  void Forward() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!quantized_nodes_[i]) continue;
      const Node& node = graph_.nodes[i];
      const bool is_fixed = DefOf(node.op).quantization.range == RangeRule::kFixed;
      if (!is_fixed && !(WantsOneScale(node) && HasOneComputedOperand(node))) continue;
      for (const ValueId out : node.outputs) deciding_.decides[Index(out)] = false;
    }
  }

  [[nodiscard]] bool HasOneComputedOperand(const Node& node) const {
    const std::vector<ValueId> operands = DecidingOperands(graph_, uses_, node);
    return operands.size() == 1 && graph_[operands[0]].constant == nullptr;
  }

  void Backward(ValueId id) {
    const auto producer = uses_.Producer(id);
    if (!producer.has_value() || !quantized_nodes_[*producer]) return;
    const Node& node = graph_.nodes[*producer];
    if (!WantsOneScale(node) || ComparesShared(graph_, uses_, node).has_value()) return;
    for (const ValueId operand : node.inputs) {
      const auto& range = ranges_[Index(operand)];
      if (!range.has_value()) continue;
      if (Cuts(*ranges_[Index(head_)], *range) && HasOtherReaders(operand)) {
        deciding_.keeps[Index(operand)] = true;
        continue;
      }
      if (seen_[Index(operand)]) continue;
      seen_[Index(operand)] = true;
      deciding_.decides[Index(operand)] = false;
      Backward(operand);
    }
  }

  /// Whether more than the head of the chain is made of the value. A comparison with what
  /// is inside a cut range has the same result.
  [[nodiscard]] bool HasOtherReaders(ValueId id) const {
    std::set<ValueId> met;
    return LeadsElsewhere(id, met);
  }

  /// `met` are the values that were followed already.
  bool LeadsElsewhere(ValueId id, std::set<ValueId>& met) const {
    if (id == head_ || !met.insert(id).second) return false;
    const auto leads = [&](ValueId out) { return LeadsElsewhere(out, met); };
    const auto reads_more = [&](std::size_t reader) {
      const Node& node = graph_.nodes[reader];
      if (graph_[node.outputs[0]].dtype == DType::kBool) return false;
      if (!quantized_nodes_[reader] || !WantsOneScale(node)) return true;
      return std::ranges::any_of(node.outputs, leads);
    };
    return uses_.IsGraphOutput(id) || std::ranges::any_of(uses_.Readers(id), reads_more);
  }

  const Graph& graph_;
  const Ranges& ranges_;
  const std::vector<bool>& quantized_nodes_;
  Uses uses_;
  Deciding deciding_;
  ValueId head_{};          // of the chain on the way back
  std::vector<bool> seen_;  // by value: on the way back
};

}  // namespace

bool Cuts(const Range& by, const Range& range) {
  constexpr float kLittle = 0.1F;  // that an operand may lose rather than be requantized
  const float little = kLittle * (range.max - range.min);
  return range.min < by.min - little || range.max > by.max + little;
}

std::vector<ValueId> FloatOperands(const Graph& graph, const Node& node) {
  std::vector<ValueId> operands;
  std::ranges::copy_if(node.inputs, std::back_inserter(operands), [&graph](ValueId id) {
    return graph[id].dtype == DType::kFloat32;
  });
  return operands;
}

std::vector<ValueId> DecidingOperands(const Graph& graph, const Uses& uses,
                                      const Node& node) {
  if (const auto shared = ComparesShared(graph, uses, node)) return {*shared};
  return FloatOperands(graph, node);
}

bool WantsOneScale(const Node& node) {
  return DefOf(node.op).quantization.range == RangeRule::kSameAsInputs;
}

Deciding DecidingRanges(const Graph& graph, const Ranges& ranges,
                        const std::vector<bool>& quantized_nodes) {
  return Pruning(graph, ranges, quantized_nodes).Run();
}

}  // namespace kinglet
