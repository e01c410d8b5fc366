#include "quantize/norm_quotients.h"

#include <cmath>
#include <optional>

#include "ops/op_def.h"

namespace kinglet {
namespace {

constexpr float kLargestPart = 1e-3F;  // of the sum, that a constant may be

class Matcher {
 public:
  Matcher(const Graph& graph, const Ranges& ranges)
      : graph_(graph), ranges_(ranges), uses_(graph) {}

  /// What the node divides by its norm, or nothing.
  [[nodiscard]] std::optional<ValueId> Normalized(const Node& node) const {
    if (std::holds_alternative<Div>(node.op)) {
      return IsNormOf<Sqrt>(node.inputs[1], node.inputs[0]);
    }
    if (!std::holds_alternative<Mul>(node.op)) return std::nullopt;
    const auto first = IsNormOf<Rsqrt>(node.inputs[1], node.inputs[0]);
    return first.has_value() ? first : IsNormOf<Rsqrt>(node.inputs[0], node.inputs[1]);
  }

 private:
  template <typename Kind>
  [[nodiscard]] const Node* MadeBy(ValueId id) const {
    const auto producer = uses_.Producer(id);
    if (!producer.has_value()) return nullptr;
    const Node& node = graph_.nodes[*producer];
    return std::holds_alternative<Kind>(node.op) ? &node : nullptr;
  }

  /// `x` if `id` is the root, or its inverse, of the sum of its squares.
  template <typename Root>
  [[nodiscard]] std::optional<ValueId> IsNormOf(ValueId id, ValueId x) const {
    const Node* root = MadeBy<Root>(id);
    if (root == nullptr) return std::nullopt;
    const ValueId sum = WithoutSmallConstant(root->inputs[0]);
    return IsSumOfSquares(sum, x) ? std::optional(x) : std::nullopt;
  }

  [[nodiscard]] ValueId WithoutSmallConstant(ValueId id) const {
    const Node* node = MadeBy<Add>(id);
    if (node == nullptr) node = MadeBy<Maximum>(id);
    if (node == nullptr) return id;
    for (std::size_t i = 0; i < 2; ++i) {
      const ValueId other = node->inputs[1 - i];
      const auto& constant = graph_[node->inputs[i]].constant;
      const auto& range = ranges_[Index(other)];
      if (constant == nullptr || constant->size() != 1 || !range.has_value()) continue;
      const float c = constant->Data<float>()[0];
      if (std::abs(c) <= kLargestPart * range->min) return other;
    }
    return id;
  }

  [[nodiscard]] bool IsSumOfSquares(ValueId id, ValueId x) const {
    const Node* sum = MadeBy<Sum>(id);
    if (sum == nullptr) return false;
    const auto& op = std::get<Sum>(sum->op);
    const auto last = static_cast<std::int64_t>(graph_[x].shape.size()) - 1;
    if (!op.keep_dims || op.axes != std::vector<std::int64_t>{last}) return false;
    if (const Node* square = MadeBy<Square>(sum->inputs[0])) {
      return square->inputs[0] == x;
    }
    const Node* product = MadeBy<Mul>(sum->inputs[0]);
    return product != nullptr && product->inputs[0] == x && product->inputs[1] == x;
  }

  const Graph& graph_;
  const Ranges& ranges_;
  const Uses uses_;
};

}  // namespace

Graph WithNormQuotients(const Graph& graph, const Ranges& ranges) {
  const Matcher matcher(graph, ranges);
  Graph result = graph;
  bool is_changed = false;
  for (Node& node : result.nodes) {
    const auto x = matcher.Normalized(node);
    if (!x.has_value()) continue;
    node.op = L2Normalization{};
    node.inputs = {*x};
    is_changed = true;
  }
  return is_changed ? WithoutDeadParts(result) : graph;
}

}  // namespace kinglet
