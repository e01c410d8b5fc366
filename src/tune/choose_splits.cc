#include "tune/choose_splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "ops/op_def.h"

namespace kinglet {
namespace {

constexpr std::array kShares = {0.1, 0.03,
                                0.01};  // of all losses, the least to take part
constexpr std::array kParts = {1.0F, 0.5F, 0.25F, 0.125F};
constexpr double kGain = 0.98;  // that a change of one threshold must reach

/// Only what has a range of its own, so that a copy can have another.
bool HasOwnRange(const Graph& graph, const Uses& uses, ValueId id) {
  const auto producer = uses.Producer(id);
  if (!producer.has_value()) return graph[id].constant == nullptr;
  return DefOf(graph.nodes[*producer].op).quantization.range == RangeRule::kCalibrated;
}

std::set<ValueId> SplitInputs(const Graph& before, const Thresholds& thresholds,
                              const Graph& after) {
  std::set<ValueId> split;
  for (std::size_t i = 0; i < before.inputs.size(); ++i) {
    if (thresholds.contains(before.inputs[i].value)) split.insert(after.inputs[i].value);
  }
  return split;
}

struct Candidate {
  ValueId value{};
  float threshold = 0;
  double share = 0;  // of all losses
};

class Search {
 public:
  Search(const Workshop& workshop, const Judged& before, std::int64_t most_macs,
         const std::function<Judged(const Plan&)>& judge)
      : workshop_(workshop),
        before_(before),
        variant_(*before.plan.variant),
        most_macs_(most_macs),
        judge_(judge),
        best_(before) {}

  Judged Run() {
    candidates_ = Candidates();
    for (const float part : kParts) {
      for (const double share : kShares) Try(Prefix(share, part), 1);
    }
    if (!thresholds_.empty()) Refine();
    return best_;
  }

 private:
  /// Those whose rounding costs most first.
  [[nodiscard]] std::vector<Candidate> Candidates() const {
    const Graph& graph = variant_.graph;
    const Uses uses(graph);
    StatisticsCollector statistics(graph);
    for (const StatisticsCollector& part : variant_.parts) statistics.Merge(part);
    const std::vector<double> losses = workshop_.RoundingLosses(variant_);
    const double total = std::accumulate(losses.begin(), losses.end(), 0.0);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      if (losses[i] <= 0 || !HasOwnRange(graph, uses, id) || !CanSplit(graph, id))
        continue;
      const auto& range = statistics.ranges()[i];
      if (!range.has_value()) continue;
      const auto threshold = BalancedThreshold(statistics.histogram(id), *range);
      if (threshold.has_value())
        candidates.push_back({id, *threshold, losses[i] / total});
    }
    std::ranges::stable_sort(candidates, std::greater<>(), &Candidate::share);
    return candidates;
  }

  [[nodiscard]] bool IsAffordable(const Thresholds& thresholds) const {
    return MacsOf(SplitPlanes(variant_.graph, thresholds)) <= most_macs_;
  }

  [[nodiscard]] Thresholds Prefix(double share, float part) const {
    Thresholds chosen;
    for (const Candidate& one : candidates_) {
      if (one.share < share) break;
      Thresholds with = chosen;
      with[one.value] = one.threshold * part;
      if (IsAffordable(with)) chosen = std::move(with);
    }
    return chosen;
  }

  /// Judges the split unless it was judged before, and keeps it where its loss is below
  /// `gain` times the least so far.
  bool Try(const Thresholds& thresholds, double gain) {
    if (thresholds.empty() || !seen_.insert(thresholds).second) return false;
    Graph split = SplitPlanes(variant_.graph, thresholds);
    const auto pinned = SplitInputs(variant_.graph, thresholds, split);
    Plan plan = before_.plan;
    plan.name += fmt::format(", {} tensors split ({})", thresholds.size(), seen_.size());
    plan.variant = workshop_.NewVariant(std::move(split), pinned);
    Judged judged = judge_(plan);
    if (judged.loss >= gain * best_.loss) return false;
    best_ = std::move(judged);
    thresholds_ = thresholds;
    return true;
  }

  /// In order of what rounding the tensors costs.
  void Refine() {
    const Thresholds start = thresholds_;
    for (const Candidate& one : candidates_) {
      const ValueId value = one.value;
      if (!start.contains(value)) continue;
      const auto scaled = [&](float factor) {
        Thresholds changed = thresholds_;
        changed[value] *= factor;
        return changed;
      };
      if (Try(scaled(2), kGain) || Try(scaled(0.5F), kGain)) continue;
      Thresholds fewer = thresholds_;
      fewer.erase(value);
      Try(fewer, 1);
    }
  }

  const Workshop& workshop_;
  const Judged& before_;
  const Variant& variant_;
  std::int64_t most_macs_;
  const std::function<Judged(const Plan&)>& judge_;
  Judged best_;
  Thresholds thresholds_;  // of the best
  std::vector<Candidate> candidates_;
  std::set<Thresholds> seen_;
};

}  // namespace

std::optional<float> BalancedThreshold(const Histogram& histogram,
                                       const Range& extremes) {
  const double low = std::min(extremes.min, 0.0F);
  const double high = std::max(extremes.max, 0.0F);
  const auto bins = histogram.Bins();
  const auto total = static_cast<double>(histogram.count());
  double below = 0;
  double least = total * (high - low) * (high - low);
  std::optional<float> balanced;
  for (const Histogram::Bin& bin : bins) {
    below += static_cast<double>(bin.count);
    if (bin.high < 0 || bin.high >= high) continue;
    const double fine = bin.high - low;
    const double coarse = high - bin.high;
    const double noise = below * fine * fine + (total - below) * coarse * coarse;
    if (noise >= least) continue;
    least = noise;
    balanced = bin.high;
  }
  return balanced;
}

Judged SearchSplits(const Workshop& workshop, const Judged& before,
                    std::int64_t most_macs,
                    const std::function<Judged(const Plan&)>& judge) {
  return Search(workshop, before, most_macs, judge).Run();
}

}  // namespace kinglet
