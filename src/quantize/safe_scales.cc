#include "quantize/safe_scales.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "quantize/addends.h"
#include "quantize/deciding_ranges.h"
#include "quantize/params.h"

namespace kinglet {
namespace {

class Widener {
 public:
  Widener(const Graph& graph, const Ranges& ranges, const QuantizeOptions& options,
          Precision precision, ParamsPlan plan)
      : graph_(graph),
        ranges_(ranges),
        options_(options),
        is_wide_(precision == Precision::kInt16),
        uses_(graph),
        plan_(std::move(plan)) {}

  ParamsPlan Run() {
    LeaveUnsafeQuotients();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (plan_.quantized_nodes[i]) Guard(graph_.nodes[i]);
    }
    return std::move(plan_);
  }

 private:
  std::optional<QuantParams>& ParamsOf(ValueId id) { return plan_.params[Index(id)]; }

  /// True for an input whose parameters were decided on elsewhere.
  [[nodiscard]] bool IsGiven(ValueId id) const {
    if (is_wide_) return false;
    for (std::size_t i = 0; i < options_.input_params.size(); ++i) {
      const bool is_this = graph_.inputs[i].value == id;
      if (is_this && options_.input_params[i].has_value()) return true;
    }
    return false;
  }

  [[nodiscard]] float ScaleOf(ValueId id) const {
    if (plan_.params[Index(id)].has_value()) return plan_.params[Index(id)]->scale;
    const auto floats = graph_[id].constant->Data<float>();
    return is_wide_ ? WideConstantParams(floats).scale : ConstantParams(floats).scale;
  }

  /// The INT8 kernel of a quotient refuses a divisor of zero, and shifts out of its 31
  /// bits where the factor s_a / (s_b s_out) is below 128 (rule 8.11).
  void LeaveUnsafeQuotients() {
    constexpr float kLeastFactor = 128.0F;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!plan_.quantized_nodes[i] || !std::holds_alternative<Div>(node.op)) continue;
      const ValueId divisor = node.inputs[1];
      const float out_scale = ParamsOf(node.outputs[0])->scale;
      const float factor = ScaleOf(node.inputs[0]) / (ScaleOf(divisor) * out_scale);
      const Ranges& seen = options_.wide_ranges.empty() ? ranges_ : options_.wide_ranges;
      const auto& range = seen[Index(divisor)];
      const bool above_zero = range.has_value() && range->min > ScaleOf(divisor);
      plan_.quantized_nodes[i] = factor >= kLeastFactor && above_zero;
      if (!plan_.quantized_nodes[i]) LeaveChoice(divisor);
    }
  }

  /// What a quotient in float divides by is chosen in float as well: a choice that keeps
  /// zero away would lose to the rounding of what it keeps.
  void LeaveChoice(ValueId divisor) {
    const auto producer = uses_.Producer(divisor);
    if (!producer.has_value() || uses_.Count(divisor) != 1) return;
    if (std::holds_alternative<Select>(graph_.nodes[*producer].op)) {
      plan_.quantized_nodes[*producer] = false;
    }
  }

  void Guard(const Node& node) {
    GuardLinear(node);
    GuardSum(node);
    GuardSquare(node);
    if (!is_wide_) GuardFunctions(node);
  }

  /// Linear operations rescale by s_x s_w / s_out, which XNNPACK wants below 256.
  void GuardLinear(const Node& node) {
    const QuantRule& rule = DefOf(node.op).quantization;
    if (!rule.weights.has_value()) return;
    const Value& weights = graph_[node.inputs[*rule.weights]];
    if (weights.constant == nullptr) return;
    constexpr float kLargestFactor = 256.0F;
    const float step =
        ScaleOf(node.inputs[0]) * WeightScales(*weights.constant, 0, true)[0];
    Raise(node.outputs[0], step / kLargestFactor);
  }

  /// LiteRT's optimized kernels keep a sum of INT8 in 16 bits of the result's steps
  /// before they clamp. Sums of INT16 are rescaled by t / (2^15 s_out), t = 2 max(s_a,
  /// s_b), which must stay below one.
  void GuardSum(const Node& node) {
    if (!IsSum(node)) return;
    if (is_wide_) {
      const float t = 2 * std::max(ScaleOf(node.inputs[0]), ScaleOf(node.inputs[1]));
      return Raise(node.outputs[0], t / 0x1p15F);
    }
    constexpr float kMostSteps = 0x1p15F - 0x1p8F;  // less the zero point
    const float most = LargestSum(node, AddendRange(node, 0), AddendRange(node, 1));
    Raise(node.outputs[0], most / kMostSteps);
  }

  /// What an operand of an INT8 sum can say.
  [[nodiscard]] Range AddendRange(const Node& node, std::size_t which) const {
    const auto params = [&](ValueId id) { return plan_.params[Index(id)]; };
    const Value& addend = graph_[node.inputs[which]];
    if (addend.constant == nullptr) return RangeOf(*params(node.inputs[which]));
    const auto other = params(node.inputs[1 - which]);
    const Tensor cut = other.has_value() ? CutAddend(node, which, *addend.constant,
                                                     *other, *params(node.outputs[0]))
                                         : *addend.constant;
    const auto [min, max] = std::ranges::minmax(cut.Data<float>());
    return {min, max};
  }

  /// A squared difference rescales by t^2 / (2^14 s_out), t as above, which the kernel
  /// wants below one.
  void GuardSquare(const Node& node) {
    if (!std::holds_alternative<SquaredDifference>(node.op)) return;
    constexpr float kSquareSteps = 16384.0F;  // 2^14
    const float t = 2 * std::max(ScaleOf(node.inputs[0]), ScaleOf(node.inputs[1]));
    Raise(node.outputs[0], t * t / kSquareSteps);
  }

  /// Softmax takes steps of its operand, times beta, of more than 2^-26, and hard swish
  /// gives none of less than a 128th of its operand's.
  void GuardFunctions(const Node& node) {
    constexpr float kFineSteps = 128.0F;
    if (const auto* softmax = std::get_if<Softmax>(&node.op)) {
      Raise(node.inputs[0], 0x1p-26F / softmax->beta);
    } else if (std::holds_alternative<HardSwish>(node.op)) {
      Raise(node.outputs[0], ScaleOf(node.inputs[0]) / kFineSteps);
    }
  }

  /// Gives the value steps of twice `least` unless they are larger than that.
  void Raise(ValueId id, float least) {
    const QuantParams old = *ParamsOf(id);
    if (old.scale <= least) Replace(id, old, {2 * least, old.zero_point});
  }

  /// Changes the parameters of a value, and of those that share them by an operation that
  /// wants one scale.
  void Replace(ValueId id, const QuantParams& old, const QuantParams& wanted) {
    if (ParamsOf(id) != old || IsGiven(id)) return;
    ParamsOf(id) = wanted;
    std::vector<std::size_t> around = uses_.Readers(id);
    if (const auto producer = uses_.Producer(id)) around.push_back(*producer);
    for (const std::size_t i : around) {
      const Node& node = graph_.nodes[i];
      if (!plan_.quantized_nodes[i] || !WantsOneScale(node)) continue;
      for (const ValueId operand : node.inputs) Replace(operand, old, wanted);
      for (const ValueId out : node.outputs) Replace(out, old, wanted);
    }
  }

  const Graph& graph_;
  const Ranges& ranges_;
  const QuantizeOptions& options_;
  bool is_wide_;  // INT16 activations
  Uses uses_;
  ParamsPlan plan_;
};

}  // namespace

ParamsPlan WithSafeScales(const Graph& graph, const Ranges& ranges,
                          const QuantizeOptions& options, Precision precision,
                          ParamsPlan plan) {
  return Widener(graph, ranges, options, precision, std::move(plan)).Run();
}

}  // namespace kinglet
