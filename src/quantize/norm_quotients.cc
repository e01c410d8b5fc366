#include "quantize/norm_quotients.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ops/op_def.h"

namespace kinglet {
namespace {

constexpr float kLargestPart = 1e-3F;  // of the sum, that a constant may be
constexpr float kOwnBound = 1e-12F;    // the least sum for L2_NORMALIZATION

/// What four or five operators must save to be worth more than one, as a factor of noise.
constexpr double kWorthOperators = 2;

/// The values between x and its product with the inverse root of its sum of squares.
struct Steps {
  ValueId square;
  ValueId sum;
  ValueId root;
};

/// A quotient by a norm, and how it comes about if it isn't a division.
struct Quotient {
  ValueId x;
  std::optional<Steps> steps;
};

/// The variance of rounding to INT8 in this range.
double NoiseOf(const Range& range) {
  const double step = (static_cast<double>(range.max) - range.min) / 255;
  return step * step / 12;
}

class Matcher {
 public:
  Matcher(const Graph& graph, const std::optional<Ranges>& ranges, Int8Results int8)
      : graph_(graph), ranges_(ranges), int8_(int8), uses_(graph) {}

  [[nodiscard]] std::optional<Quotient> QuotientOf(const Node& node) const {
    if (std::holds_alternative<Div>(node.op)) {
      const auto steps = StepsTo<Sqrt>(node.inputs[1], node.inputs[0]);
      if (steps.has_value()) return Quotient{node.inputs[0], std::nullopt};
    }
    if (!std::holds_alternative<Mul>(node.op)) return std::nullopt;
    for (std::size_t i = 0; i < 2; ++i) {
      const auto steps = StepsTo<Rsqrt>(node.inputs[i], node.inputs[1 - i]);
      if (steps.has_value()) return Quotient{node.inputs[1 - i], steps};
    }
    return std::nullopt;
  }

  /// Whether results are so small beside one that L2_NORMALIZATION's steps of 1/128 lose
  /// more than rounding each of the steps: variances of results, the mean of those at the
  /// least and the largest sum.
  [[nodiscard]] bool StepsLoseLess(const Steps& steps, ValueId result) const {
    const bool is_int8 = uses_.IsGraphOutput(result) ? int8_.outputs : int8_.inner;
    if (!ranges_.has_value() || !is_int8) return false;
    const auto& square = (*ranges_)[Index(steps.square)];
    const auto& sum = (*ranges_)[Index(steps.sum)];
    const auto& root = (*ranges_)[Index(steps.root)];
    const auto& quotient = (*ranges_)[Index(result)];
    if (!square || !sum || !root || !quotient || sum->min <= 0) return false;
    const auto terms = static_cast<double>(graph_[result].shape.back());
    const double of_sum = NoiseOf({0, sum->max}) + terms * NoiseOf({0, square->max});
    double relative = 0;
    for (const double at : {sum->min, sum->max}) {
      relative += (of_sum / (4 * at * at) + NoiseOf({0, root->max}) * at) / 2;
    }
    const double own = NoiseOf({std::min(quotient->min, 0.0F), quotient->max});
    return kWorthOperators * (relative / terms + own) < NoiseOf({-1, 255.0F / 128 - 1});
  }

 private:
  template <typename Kind>
  [[nodiscard]] const Node* MadeBy(ValueId id) const {
    const auto producer = uses_.Producer(id);
    if (!producer.has_value()) return nullptr;
    const Node& node = graph_.nodes[*producer];
    return std::holds_alternative<Kind>(node.op) ? &node : nullptr;
  }

  /// How `id` is the root, or its inverse, of the sum of the squares of x.
  template <typename Root>
  [[nodiscard]] std::optional<Steps> StepsTo(ValueId id, ValueId x) const {
    const Node* root = MadeBy<Root>(id);
    if (root == nullptr) return std::nullopt;
    const ValueId sum = WithoutSmallConstant(root->inputs[0]);
    const auto square = SquaresIn(sum, x);
    if (!square.has_value()) return std::nullopt;
    return Steps{*square, sum, id};
  }

  [[nodiscard]] ValueId WithoutSmallConstant(ValueId id) const {
    const Node* node = MadeBy<Add>(id);
    if (node == nullptr) node = MadeBy<Maximum>(id);
    if (node == nullptr) return id;
    for (std::size_t i = 0; i < 2; ++i) {
      const ValueId other = node->inputs[1 - i];
      const auto& constant = graph_[node->inputs[i]].constant;
      if (constant == nullptr || constant->size() != 1) continue;
      if (std::abs(constant->Data<float>()[0]) <= Unseen(other)) return other;
    }
    return id;
  }

  /// What a constant beside this sum may be.
  [[nodiscard]] float Unseen(ValueId sum) const {
    if (!ranges_.has_value() || !(*ranges_)[Index(sum)].has_value()) return kOwnBound;
    return std::max(kOwnBound, kLargestPart * (*ranges_)[Index(sum)]->min);
  }

  /// The squares of x if the value is their sum over the last axis.
  [[nodiscard]] std::optional<ValueId> SquaresIn(ValueId id, ValueId x) const {
    const Node* sum = MadeBy<Sum>(id);
    if (sum == nullptr) return std::nullopt;
    const auto& op = std::get<Sum>(sum->op);
    const auto last = static_cast<std::int64_t>(graph_[x].shape.size()) - 1;
    if (!op.keep_dims || op.axes != std::vector<std::int64_t>{last}) return std::nullopt;
    const Node* square = MadeBy<Square>(sum->inputs[0]);
    const Node* product = MadeBy<Mul>(sum->inputs[0]);
    const bool is_square = square != nullptr && square->inputs[0] == x;
    const bool is_product =
        product != nullptr && product->inputs[0] == x && product->inputs[1] == x;
    return is_square || is_product ? std::optional(sum->inputs[0]) : std::nullopt;
  }

  const Graph& graph_;
  const std::optional<Ranges>& ranges_;
  const Int8Results int8_;
  const Uses uses_;
};

}  // namespace

Graph WithNormQuotients(const Graph& graph, const std::optional<Ranges>& ranges,
                        Int8Results int8) {
  const Matcher matcher(graph, ranges, int8);
  Graph result = graph;
  bool is_changed = false;
  for (Node& node : result.nodes) {
    const auto quotient = matcher.QuotientOf(node);
    if (!quotient.has_value()) continue;
    const auto& steps = quotient->steps;
    if (steps.has_value() && matcher.StepsLoseLess(*steps, node.outputs[0])) continue;
    node.op = L2Normalization{};
    node.inputs = {quotient->x};
    is_changed = true;
  }
  return is_changed ? WithoutDeadParts(result) : graph;
}

}  // namespace kinglet
