// As TensorFlow prunes its statistics, in two sweeps. Forward: what an operation with one
// operand makes has no say beside its operand. Backward: every operand of a result that
// still has a say has none, through as many operations as want one scale.
#include "quantize/deciding_ranges.h"

#include <algorithm>
#include <iterator>

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
        seen_(graph.values.size()) {}

  std::vector<bool> Run() {
    for (const auto& range : ranges_) decides_.push_back(range.has_value());
    Forward();
    const std::vector<bool> after_forward = decides_;
    for (std::size_t i = 0; i < after_forward.size(); ++i) {
      if (after_forward[i]) Backward(static_cast<ValueId>(i));
    }
    return decides_;
  }

 private:
  void Forward() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!quantized_nodes_[i]) continue;
      const Node& node = graph_.nodes[i];
      const bool is_fixed = DefOf(node.op).quantization.range == RangeRule::kFixed;
      if (!is_fixed && !(WantsOneScale(node) && HasOneComputedOperand(node))) continue;
      for (const ValueId out : node.outputs) decides_[Index(out)] = false;
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
      if (!ranges_[Index(operand)].has_value() || seen_[Index(operand)]) continue;
      seen_[Index(operand)] = true;
      decides_[Index(operand)] = false;
      Backward(operand);
    }
  }

  const Graph& graph_;
  const Ranges& ranges_;
  const std::vector<bool>& quantized_nodes_;
  Uses uses_;
  std::vector<bool> seen_;  // by value: on the way back
  std::vector<bool> decides_;
};

}  // namespace

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

std::vector<bool> DecidingRanges(const Graph& graph, const Ranges& ranges,
                                 const std::vector<bool>& quantized_nodes) {
  return Pruning(graph, ranges, quantized_nodes).Run();
}

}  // namespace kinglet
