// HardSwish(x) = x * relu6(x + 3) / 6. Keras models write it as (x * r) * (1 / 6),
// x * (r * (1 / 6)) or (x * r) / 6, r = relu6(x + 3), with the sixth in whichever float32
// is near.
#include <algorithm>
#include <cmath>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

constexpr float kThree = 3.0F;
constexpr float kSixth = 1.0F / 6;
constexpr float kSlack = 1e-6F;

class Recognition {
 public:
  Recognition(const Graph& graph, const Uses& uses) : graph_(graph), uses_(uses) {}

  /// The x whose HardSwish the node makes, or nothing.
  [[nodiscard]] std::optional<ValueId> Argument(const Node& node) const {
    if (const auto product = SixthOf(node)) {
      const Node* made = MakerOf<Mul>(*product);
      return made == nullptr ? std::nullopt : Paired(*made, false);
    }
    return std::holds_alternative<Mul>(node.op) ? Paired(node, true) : std::nullopt;
  }

 private:
  /// The computed operand where the node divides it by six.
  [[nodiscard]] std::optional<ValueId> SixthOf(const Node& node) const {
    const Activation* clamp = ActivationOf(node.op);
    if (clamp == nullptr || *clamp != Activation::kNone) return std::nullopt;
    const auto affine = AffineOf(graph_, node);
    if (!affine.has_value() || !affine->offset.empty()) return std::nullopt;
    for (const float factor : affine->scale) {
      if (std::abs(factor - kSixth) > kSlack) return std::nullopt;
    }
    return OnlyComputedInput(graph_, node);
  }

  /// x where the node is x * relu6(x + 3), with a sixth in the second factor or not.
  [[nodiscard]] std::optional<ValueId> Paired(const Node& node, bool with_sixth) const {
    if (*ActivationOf(node.op) != Activation::kNone) return std::nullopt;
    for (const std::size_t i : {0U, 1U}) {
      const ValueId x = node.inputs[i];
      std::optional<ValueId> gate = node.inputs[1 - i];
      if (with_sixth) {
        const Node* scaled = MakerOf<Mul>(*gate);
        if (scaled == nullptr) scaled = MakerOf<Div>(*gate);
        gate = scaled == nullptr ? std::nullopt : SixthOf(*scaled);
      }
      if (gate.has_value() && IsGateOf(x, *gate)) return x;
    }
    return std::nullopt;
  }

  /// Whether `gate` is relu6(x + 3), the clamp fused or not.
  [[nodiscard]] bool IsGateOf(ValueId x, ValueId gate) const {
    const Node* clamp = MakerOf<Relu>(gate);
    const bool is_relu6 =
        clamp != nullptr && std::get<Relu>(clamp->op).kind == Activation::kRelu6;
    const Node* sum = MakerOf<Add>(is_relu6 ? clamp->inputs[0] : gate);
    if (sum == nullptr) return false;
    const Activation fused = *ActivationOf(sum->op);
    if (fused != (is_relu6 ? Activation::kNone : Activation::kRelu6)) return false;
    const auto affine = AffineOf(graph_, *sum);
    if (!affine.has_value() || OnlyComputedInput(graph_, *sum) != x) return false;
    return std::ranges::all_of(affine->offset, [](float v) { return v == kThree; });
  }

  /// The node that makes the value, if it is of that kind and nothing else reads it.
  template <typename Kind>
  [[nodiscard]] const Node* MakerOf(ValueId id) const {
    const auto producer = uses_.Producer(id);
    if (!producer.has_value() || uses_.Count(id) != 1) return nullptr;
    const Node& node = graph_.nodes[*producer];
    return std::holds_alternative<Kind>(node.op) ? &node : nullptr;
  }

  const Graph& graph_;
  const Uses& uses_;
};

}  // namespace

Graph RecoverHardSwish(const Graph& graph) {
  const Uses uses(graph);
  Graph recovered = graph;
  for (Node& node : recovered.nodes) {
    const auto x = Recognition(graph, uses).Argument(node);
    if (!x.has_value()) continue;
    node.op = HardSwish{};
    node.inputs = {*x};
  }
  return WithoutDeadParts(recovered);
}

}  // namespace kinglet
