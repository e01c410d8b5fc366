// TensorFlow's runtime lets some operations write their result over an operand, and its
// calibrator reads the operands once more after the operation ran: the operand's range so
// becomes the union of its own and the result's. The memory taken is that of the first
// operand which a node computes, which has the result's size and more than one element,
// and which nothing else reads; neither does anything read the memory under another name.
// A reshape is such another name. Results of the whole model have memory of their own.
#include "quantize/quantize.h"

namespace kinglet {
namespace {

/// How many operands, from the first on, the operation may write over.
std::size_t WritableOperands(const Op& op) {
  const bool is_binary =
      std::holds_alternative<Add>(op) || std::holds_alternative<Sub>(op) ||
      std::holds_alternative<Mul>(op) || std::holds_alternative<Div>(op);
  if (is_binary) return 2;
  return std::holds_alternative<Softmax>(op) ? 1 : 0;
}

/// Follows the memory of each value through the nodes in order.
class Memory {
 public:
  explicit Memory(const Graph& graph) : graph_(graph), uses_(graph) {
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      owners_.push_back(static_cast<ValueId>(i));
    }
  }

  /// The operand that the node writes over, or nothing.
  std::optional<ValueId> Place(const Node& node) {
    const ValueId out = node.outputs[0];
    if (uses_.IsGraphOutput(out)) return std::nullopt;
    if (std::holds_alternative<Reshape>(node.op)) {
      if (IsComputed(node.inputs[0])) Owner(out) = Owner(node.inputs[0]);
      return std::nullopt;
    }
    for (std::size_t i = 0; i < WritableOperands(node.op); ++i) {
      const ValueId operand = node.inputs[i];
      if (!IsTakeable(operand, out)) continue;
      if (uses_.Count(Owner(operand)) > 1) return std::nullopt;
      Owner(out) = Owner(operand);
      return operand;
    }
    return std::nullopt;
  }

 private:
  ValueId& Owner(ValueId id) { return owners_[Index(id)]; }

  [[nodiscard]] bool IsComputed(ValueId id) const {
    return uses_.Producer(id).has_value();
  }

  [[nodiscard]] bool IsTakeable(ValueId operand, ValueId out) const {
    const std::int64_t size = ElementCount(graph_[operand].shape);
    return IsComputed(operand) && size == ElementCount(graph_[out].shape) && size > 1 &&
           uses_.Count(operand) == 1;
  }

  const Graph& graph_;
  Uses uses_;
  std::vector<ValueId> owners_;  // by value: in whose memory it lies
};

}  // namespace

Ranges WidenLikeTensorFlow(const Graph& graph, Ranges ranges) {
  const Ranges seen = ranges;
  Memory memory(graph);
  for (const Node& node : graph.nodes) {
    const auto operand = memory.Place(node);
    if (!operand.has_value()) continue;
    const auto& result = seen[Index(node.outputs[0])];
    auto& own = ranges[Index(*operand)];
    if (result.has_value() && own.has_value()) own = Union(*own, *result);
  }
  return ranges;
}

}  // namespace kinglet
