#include "tune/choose_splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "ops/op_def.h"

namespace kinglet {
namespace {

constexpr std::array kShares = {0.1, 0.03,
                                0.01};  // of all losses, the least to take part
constexpr std::array kParts = {1.0F, 0.5F, 0.25F, 0.125F};
constexpr double kFree =
    0.002;                      // of the graph's multiply-accumulates, is next to nothing
constexpr double kGain = 0.98;  // that a change of one threshold must reach

/// Only what has a range of its own, so that a copy can have another.
bool HasOwnRange(const Graph& graph, const Uses& uses, ValueId id) {
  const auto producer = uses.Producer(id);
  if (!producer.has_value()) return graph[id].constant == nullptr;
  return DefOf(graph.nodes[*producer].op).quantization.range == RangeRule::kCalibrated;
}

struct Candidate {
  ValueId value{};
  float threshold = 0;
  double share = 0;  // of all losses
  double macs = 0;   // of the graph's, that its split alone adds
};

class Search {
 public:
  Search(const Workshop& workshop, const Plan& before, std::int64_t most_macs)
      : workshop_(workshop),
        before_(before),
        variant_(workshop.NewVariant(before.variant->graph, before.variant->pinned)),
        most_macs_(most_macs) {
    before_.variant = variant_;
    judged_ = workshop_.Judge(before_);
    least_ = judged_.loss;
  }

  std::vector<Thresholds> Run(std::size_t count) {
    candidates_ = Candidates();
    TryPrefixes();
    // What brings most for what it costs, instead of what brings most.
    std::ranges::stable_sort(candidates_, std::greater<>(), [](const Candidate& one) {
      return one.share / (one.macs + kFree);
    });
    TryPrefixes();
    if (!best_.empty()) Refine();
    std::ranges::stable_sort(tried_, {}, &Tried::loss);
    std::vector<Thresholds> found;
    for (std::size_t i = 0; i < std::min(count, tried_.size()); ++i) {
      found.push_back(tried_[i].thresholds);
    }
    return found;
  }

  std::optional<SplitOffer> Offer() {
    constexpr double kShare = 0.03;
    candidates_ = Candidates();
    const Thresholds thresholds = Prefix(kShare, 1);
    if (thresholds.empty()) return std::nullopt;
    const Plan split = WithSplits(workshop_, before_, thresholds);
    const ErrorRatio error = workshop_.Over(workshop_.Judge(split), judged_);
    if (!error.IsGain()) return std::nullopt;
    return SplitOffer{thresholds.size(), ExtraMacs(split.variant->graph), error};
  }

 private:
  struct Tried {
    Thresholds thresholds;
    double loss = 0;
  };

  /// Those whose rounding costs most first.
  [[nodiscard]] std::vector<Candidate> Candidates() const {
    const Graph& graph = variant_->graph;
    const Uses uses(graph);
    const StatisticsCollector& statistics = variant_->ranges.statistics();
    const std::vector<double> losses = workshop_.RoundingLosses(*variant_);
    const double total = std::accumulate(losses.begin(), losses.end(), 0.0);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      if (losses[i] <= 0 || !HasOwnRange(graph, uses, id) || !CanSplit(graph, id)) {
        continue;
      }
      const auto& range = statistics.ranges()[i];
      if (!range.has_value()) continue;
      const auto threshold = BalancedThreshold(statistics.histograms(id).All(), *range);
      if (threshold.has_value()) {
        candidates.push_back({id, *threshold, losses[i] / total, CostOf(id, *threshold)});
      }
    }
    std::ranges::stable_sort(candidates, std::greater<>(), &Candidate::share);
    return candidates;
  }

  [[nodiscard]] double CostOf(ValueId id, float threshold) const {
    return ExtraMacs(SplitPlanes(variant_->graph, {{id, threshold}}));
  }

  /// As a part of those without splits.
  [[nodiscard]] double ExtraMacs(const Graph& split) const {
    const auto before = static_cast<double>(MacsOf(variant_->graph));
    return before > 0 ? static_cast<double>(MacsOf(split)) / before - 1 : 0;
  }

  void TryPrefixes() {
    for (const float part : kParts) {
      for (const double share : kShares) Try(Prefix(share, part), 1);
    }
  }

  /// As many candidates as are affordable, but for those of a lesser share.
  [[nodiscard]] Thresholds Prefix(double share, float part) const {
    Thresholds chosen;
    for (const Candidate& one : candidates_) {
      if (one.share < share) continue;
      Thresholds with = chosen;
      with[one.value] = one.threshold * part;
      const bool is_affordable = MacsOf(SplitPlanes(variant_->graph, with)) <= most_macs_;
      if (is_affordable) chosen = std::move(with);
    }
    return chosen;
  }

  /// Judges the split unless it was judged before, and keeps it where its loss is below
  /// `gain` times the least so far.
  bool Try(const Thresholds& thresholds, double gain) {
    if (thresholds.empty() || !seen_.insert(thresholds).second) return false;
    const double loss = workshop_.Judge(WithSplits(workshop_, before_, thresholds)).loss;
    tried_.push_back({thresholds, loss});
    if (loss >= gain * least_) return false;
    least_ = loss;
    best_ = thresholds;
    return true;
  }

  /// In order of what rounding the tensors costs.
  void Refine() {
    const Thresholds start = best_;
    for (const Candidate& one : candidates_) {
      const ValueId value = one.value;
      if (!start.contains(value)) continue;
      const auto scaled = [&](float factor) {
        Thresholds changed = best_;
        changed[value] *= factor;
        return changed;
      };
      if (Try(scaled(2), kGain) || Try(scaled(0.5F), kGain)) continue;
      Thresholds fewer = best_;
      fewer.erase(value);
      Try(fewer, 1);
    }
  }

  const Workshop& workshop_;
  Plan before_;
  std::shared_ptr<const Variant> variant_;
  std::int64_t most_macs_;
  Judged judged_;  // before
  double least_ = 0;
  Thresholds best_;
  std::vector<Candidate> candidates_;
  std::vector<Tried> tried_;
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
    below += bin.count;
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

Plan WithSplits(const Workshop& workshop, const Plan& plan,
                const Thresholds& thresholds) {
  const Graph& before = plan.variant->graph;
  Graph after = SplitPlanes(before, thresholds);
  std::set<ValueId> pinned;
  for (std::size_t i = 0; i < before.inputs.size(); ++i) {
    if (thresholds.contains(before.inputs[i].value)) pinned.insert(after.inputs[i].value);
  }
  Plan split = plan;
  split.rewrites += fmt::format(", {} tensors split", thresholds.size());
  split.variant = workshop.NewVariant(std::move(after), std::move(pinned));
  return split;
}

std::optional<SplitOffer> OfferSplits(const Workshop& workshop, const Plan& before,
                                      std::int64_t most_macs) {
  return Search(workshop, before, most_macs).Offer();
}

std::vector<Thresholds> SearchSplits(const Workshop& workshop, const Plan& before,
                                     std::int64_t most_macs, std::size_t count) {
  return Search(workshop, before, most_macs).Run(count);
}

}  // namespace kinglet
