#include "tune/choose_dither.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "quantize/addends.h"
#include "tune/split_planes.h"

namespace kinglet {
namespace {

constexpr double kLeastShare = 0.002;  // of all losses, that a step must take away
constexpr double kFreeMacs = 0.003;    // of the multiply-accumulates, is next to nothing
constexpr int kFewestCopies = 2;

/// By chance, the part of a step over which offsets spread behind other operations.
constexpr double kSpreadByChance = 0.5;

double StepOf(const Graph& graph, ValueId id) {
  const auto& quantization = graph[id].quantization;
  return quantization.has_value() ? quantization->scales.front() : 0;
}

using OfValue = std::function<double(ValueId)>;

/// The mean of a number of each operand, with weights.
double MeanOverOperands(const Node& node, const OfValue& of, const OfValue& weight) {
  double sum = 0;
  double weights = 0;
  for (const ValueId operand : node.inputs) {
    sum += weight(operand) * of(operand);
    weights += weight(operand);
  }
  return weights > 0 ? sum / weights : 0;
}

/// Those that are computed.
double ElementsOf(const Graph& graph, ValueId id) {
  if (graph[id].constant != nullptr) return 0;
  return static_cast<double>(ElementCount(graph[id].shape));
}

/// By value, in real units: over how much the offsets of its copies spread, when all that
/// it is made of has as many. Linear results have offsets of their own over a step; what
/// copies leave of a sum's rounding was measured with those of its operands.
std::vector<double> FullSpreadsOf(const Graph& graph) {
  std::vector<double> spreads(graph.values.size());
  for (const Node& node : graph.nodes) {
    double& spread = spreads[Index(node.outputs[0])];
    const double step = StepOf(graph, node.outputs[0]);
    if (CanBeDithered(graph, node) || IsSum(node)) {
      spread = step;
    } else if (IsOneOf<Mul, Div>(node.op) ||
               DefOf(node.op).quantization.range == RangeRule::kFixed) {
      spread = kSpreadByChance * step;
    } else {
      spread = MeanOverOperands(
          node, [&](ValueId id) { return spreads[Index(id)]; },
          [&](ValueId id) { return ElementsOf(graph, id); });
    }
  }
  return spreads;
}

/// By value, as a part of its step: over how much the offsets of the copies spread that
/// `plan` makes. Operands that have none, such as other bands of a concatenation, bring
/// none.
std::vector<double> SpreadsOf(const Graph& graph, const DitherPlan& plan,
                              const std::vector<double>& full) {
  std::vector<double> parts(graph.values.size());  // of the full ones
  std::vector<double> spreads(graph.values.size());
  for (const Node& node : graph.nodes) {
    const ValueId out = node.outputs[0];
    const double step = StepOf(graph, out);
    if (plan.CopiesOf(node) == 1 || !(step > 0)) continue;
    const auto part_of = [&](ValueId id) {
      return plan.Follows(node, id) ? parts[Index(id)] : 0;
    };
    double& part = parts[Index(out)];
    if (CanBeDithered(graph, node)) {
      part = 1;
    } else {
      part = MeanOverOperands(node, part_of, [&](ValueId id) {
        return IsSum(node) ? full[Index(id)] : ElementsOf(graph, id);
      });
    }
    spreads[Index(out)] = part * std::min(full[Index(out)] / step, 1.0);
  }
  return spreads;
}

/// What `copies` leave whose offsets spread over the part `spread` of a step, at most
/// one: rounding to a part of the steps, and the offsets that lack. By numeric sums of
/// Fourier terms, within 0.03 for four copies.
double LossWith(const RoundingLoss& loss, int copies, double spread) {
  if (copies == 1) return loss.once;
  const double in_parts =
      copies == kMostCopies ? loss.in_parts : std::sqrt(loss.once * loss.in_parts);
  return (1 - spread) * (1 - spread) * loss.once + spread * spread * in_parts;
}

class Chooser {
 public:
  Chooser(const Graph& graph, const LossesByName& losses, const DitherLimits& limits)
      : graph_(graph),
        uses_(graph),
        limits_(limits),
        whole_macs_(static_cast<double>(MacsWithCopies(graph, {}))),
        losses_(graph.values.size()),
        full_spreads_(FullSpreadsOf(graph)) {
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      const auto found = losses.find(graph.values[i].name);
      if (found != losses.end()) losses_[i] = found->second;
      total_ += losses_[i].once;
    }
  }

  ChosenCopies Run() {
    const std::vector<std::set<ValueId>> sections = Sections();
    Copies chosen;
    while (true) {
      const std::optional<Copies> next = BestStep(sections, chosen);
      if (!next.has_value()) return {chosen, LossOf(chosen)};
      chosen = *next;
    }
  }

 private:
  /// A dithered result each, and what must be computed as often.
  [[nodiscard]] std::vector<std::set<ValueId>> Sections() const {
    std::vector<std::set<ValueId>> sections;
    for (const Node& node : graph_.nodes) {
      if (!CanBeDithered(graph_, node)) continue;
      std::set<ValueId> section;
      if (Follow(node.outputs[0], section)) sections.push_back(std::move(section));
    }
    return sections;
  }

  /// Adds a value and what follows it up to those who take its copies; false where
  /// nobody does.
  bool Follow(ValueId id, std::set<ValueId>& section) const {
    if (!section.insert(id).second) return true;
    const std::vector<std::size_t>& readers = uses_.Readers(id);
    const auto is_output = [&](std::size_t reader) {
      return std::holds_alternative<Dequantize>(graph_.nodes[reader].op);
    };
    if (!limits_.of_outputs && std::ranges::any_of(readers, is_output)) return false;
    const auto takes = [&](std::size_t reader) {
      const Node& node = graph_.nodes[reader];
      return node.inputs[0] == id && TakesCopies(graph_, node, 0);
    };
    if (std::ranges::any_of(readers, takes)) return true;
    bool is_taken = false;
    for (const std::size_t reader : readers) {
      const Node& node = graph_.nodes[reader];
      if (!CanFollowCopies(graph_, node)) continue;
      if (!Follow(node.outputs[0], section)) return false;
      is_taken = true;
    }
    return is_taken;
  }

  [[nodiscard]] double LossOf(const Copies& copies) const {
    const DitherPlan plan(graph_, copies);
    const std::vector<double> spreads = SpreadsOf(graph_, plan, full_spreads_);
    double loss = 0;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      if (losses_[i].once <= 0) continue;
      const auto id = static_cast<ValueId>(i);
      loss += LossWith(losses_[i], plan.CountOf(id), spreads[i]);
    }
    return loss;
  }

  /// What takes most away for what it costs.
  [[nodiscard]] std::optional<Copies> BestStep(
      const std::vector<std::set<ValueId>>& sections, const Copies& chosen) const {
    std::optional<Copies> best;
    double best_yield = 0;
    for (const std::set<ValueId>& section : sections) {
      for (int count = kFewestCopies; count <= kMostCopies; count *= 2) {
        Copies with = Raised(chosen, section, count);
        const double yield = YieldOf(chosen, with);
        if (yield <= best_yield) continue;
        best_yield = yield;
        best = std::move(with);
      }
    }
    return best;
  }

  /// With at least so many of a section's results.
  [[nodiscard]] Copies Raised(Copies copies, const std::set<ValueId>& section,
                              int count) const {
    for (const ValueId id : section) {
      int& one = copies[graph_[id].name];
      one = std::max(one, count);
    }
    return copies;
  }

  /// The share of losses that a step takes away over the share of multiply-accumulates
  /// that it adds; zero where it isn't worth it or not affordable.
  [[nodiscard]] double YieldOf(const Copies& before, const Copies& after) const {
    const double gain = (LossOf(before) - LossOf(after)) / total_;
    if (!(gain >= kLeastShare)) return 0;
    const std::int64_t macs = MacsWithCopies(graph_, after);
    if (macs > limits_.macs) return 0;
    const auto added = static_cast<double>(macs - MacsWithCopies(graph_, before));
    return gain / (std::max(added / whole_macs_, 0.0) + kFreeMacs);
  }

  const Graph& graph_;
  const Uses uses_;
  DitherLimits limits_;
  double whole_macs_;
  std::vector<RoundingLoss> losses_;  // by value
  std::vector<double> full_spreads_;  // by value
  double total_ = 0;
};

/// On the variant of the plan.
LossesByName RoundingLossesByName(const Workshop& workshop, const Plan& plan) {
  const Graph& graph = plan.variant->graph;
  const std::vector<double> once = workshop.RoundingLosses(plan);
  const std::vector<double> in_parts = workshop.RoundingLosses(plan, kMostCopies);
  LossesByName by_name;
  for (std::size_t i = 0; i < once.size(); ++i) {
    by_name[graph.values[i].name] = {once[i], in_parts[i]};
  }
  return by_name;
}

/// What rounding float numbers to INT8 costs; nothing in fine steps.
double LossOfQuantizing(const Plan& plan, const Graph& quantized,
                        const LossesByName& losses) {
  if (plan.fine_inputs) return 0;
  double loss = 0;
  for (const Node& node : quantized.nodes) {
    if (!std::holds_alternative<Quantize>(node.op)) continue;
    const auto found = losses.find(quantized[node.inputs[0]].name);
    const bool is_float = quantized[node.inputs[0]].dtype == DType::kFloat32;
    if (is_float && found != losses.end()) loss += found->second.once;
  }
  return loss;
}

std::optional<Dithered> WithCopies(const Workshop& workshop, Plan plan,
                                   const LossesByName& losses,
                                   const DitherLimits& limits) {
  const Graph quantized = workshop.OperatorsOf(plan);
  if (MacsOf(quantized) > limits.macs) return std::nullopt;
  const ChosenCopies chosen = ChooseCopies(quantized, losses, limits);
  plan.copies = chosen.copies;
  const double left = chosen.left + LossOfQuantizing(plan, quantized, losses);
  return Dithered{std::move(plan), left};
}

}  // namespace

ChosenCopies ChooseCopies(const Graph& quantized, const LossesByName& losses,
                          const DitherLimits& limits) {
  return Chooser(quantized, losses, limits).Run();
}

std::optional<Dithered> WithDither(const Workshop& workshop, const Plan& plan,
                                   const DitherLimits& limits) {
  const LossesByName losses = RoundingLossesByName(workshop, plan);
  auto dithered = WithCopies(workshop, plan, losses, limits);
  if (!plan.fine_inputs) return dithered;
  Plan coarse = plan;
  coarse.fine_inputs = false;
  auto other = WithCopies(workshop, coarse, losses, limits);
  const bool is_better =
      other.has_value() && (!dithered.has_value() || other->left < dithered->left);
  return is_better ? other : dithered;
}

}  // namespace kinglet
