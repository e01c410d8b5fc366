#include "tune/choose_splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ops/op_def.h"
#include "ops/pointwise.h"
#include "tune/plane_readings.h"

namespace kinglet {
namespace {

constexpr double kLeastLoss = 0.03;  // of all losses, to take part
constexpr double kGain = 0.95;       // of the losses, that a split must leave at most
constexpr double kOffer = 0.8;       // and all splits, to be told of
/// Of a product's range, that a fine plane has at least: LiteRT's optimized kernels keep
/// products in 16 bits of its steps before they clamp.
constexpr float kLeastOfProduct = 0.01F;

/// Only results with a range of their own, so that a copy can have another; inputs can be
/// fine for the same cost.
bool HasOwnRange(const Graph& graph, const Uses& uses, ValueId id) {
  const auto producer = uses.Producer(id);
  return producer.has_value() &&
         DefOf(graph.nodes[*producer].op).quantization.range == RangeRule::kCalibrated;
}

/// The value, with all that become one with it in a concatenation.
std::vector<ValueId> PartsWith(const Graph& graph, const Uses& uses, ValueId id) {
  if (uses.Count(id) != 1 || uses.IsGraphOutput(id)) return {id};
  const Node& reader = graph.nodes[uses.Readers(id).front()];
  if (!std::holds_alternative<Concatenation>(reader.op)) return {id};
  return reader.inputs;
}

struct Candidate {
  std::vector<ValueId> values;  // in one tensor, or one by one in a concatenation
  float threshold = 0;
  double loss = 0;  // by rounding them
};

class Search {
 public:
  Search(const Workshop& workshop, const Plan& before)
      : workshop_(workshop),
        before_(before),
        variant_(workshop.NewVariant(before.variant->graph)) {
    before_.variant = variant_;
    losses_ = workshop.RoundingLosses(before_);
  }

  [[nodiscard]] Thresholds Run(const DitherLimits& limits) const {
    const auto unsplit = WithDither(workshop_, before_, limits);
    const double whole = unsplit.has_value() ? unsplit->left : SumOf(losses_);
    const std::vector<Candidate> candidates = Candidates();
    const Tried one_by_one = Added(candidates, whole, limits);
    const Tried together = Thinned(candidates, limits);
    const Tried& best = together.left < one_by_one.left ? together : one_by_one;
    return best.left < kGain * whole ? best.thresholds : Thresholds();
  }

  [[nodiscard]] std::optional<SplitOffer> Offer(std::int64_t most_macs) const {
    const Thresholds all = Affordable(Candidates(), most_macs);
    if (all.empty()) return std::nullopt;
    const Plan split = WithSplits(workshop_, before_, all);
    const double left = SumOf(workshop_.RoundingLosses(split)) / SumOf(losses_);
    if (left > kOffer) return std::nullopt;
    return SplitOffer{all.size(), ExtraMacs(split.variant->graph), left};
  }

 private:
  struct Tried {
    Thresholds thresholds;
    double left = std::numeric_limits<double>::infinity();
  };

  /// From none, one after the other where it leaves clearly less.
  [[nodiscard]] Tried Added(const std::vector<Candidate>& candidates, double whole,
                            const DitherLimits& limits) const {
    Tried best{{}, whole};
    for (const Candidate& one : candidates) {
      Tried with = Try(With(best.thresholds, one), limits);
      if (with.left < kGain * best.left) best = std::move(with);
    }
    return best;
  }

  /// From as many as are affordable, without those that bring little: what follows a
  /// coarse tensor gains nothing alone, nor does what a coarse one follows.
  [[nodiscard]] Tried Thinned(const std::vector<Candidate>& candidates,
                              const DitherLimits& limits) const {
    Tried best = Try(Affordable(candidates, limits.macs), limits);
    for (std::size_t i = candidates.size(); i-- > 0;) {
      Thresholds fewer = best.thresholds;
      for (const ValueId value : candidates[i].values) fewer.erase(value);
      if (fewer.empty() || fewer == best.thresholds) continue;
      Tried without = Try(fewer, limits);
      if (without.left * kGain < best.left) best = std::move(without);
    }
    return best;
  }

  static Thresholds With(const Thresholds& others, const Candidate& one) {
    Thresholds with = others;
    for (const ValueId value : one.values) with[value] = one.threshold;
    return with;
  }

  [[nodiscard]] Thresholds Affordable(const std::vector<Candidate>& candidates,
                                      std::int64_t most_macs) const {
    Thresholds all;
    for (const Candidate& one : candidates) {
      Thresholds with = With(all, one);
      if (MacsOf(SplitPlanes(variant_->graph, with)) <= most_macs) all = std::move(with);
    }
    return all;
  }

  static double SumOf(const std::vector<double>& losses) {
    return std::accumulate(losses.begin(), losses.end(), 0.0);
  }

  /// Those whose rounding costs most first.
  [[nodiscard]] std::vector<Candidate> Candidates() const {
    const Graph& graph = variant_->graph;
    const Uses uses(graph);
    const StatisticsCollector& statistics = variant_->ranges.statistics();
    const double total = SumOf(losses_);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      const auto parts = PartsWith(graph, uses, id);
      const bool is_first = parts.front() == id;
      const auto is_fit = [&](ValueId part) {
        return HasOwnRange(graph, uses, part) && CanSplit(graph, part) &&
               statistics.ranges()[Index(part)].has_value();
      };
      if (!is_first || !std::ranges::all_of(parts, is_fit)) continue;
      double loss = 0;
      for (const ValueId part : parts) loss += losses_[Index(part)];
      if (!(loss >= kLeastLoss * total)) continue;
      const auto threshold = ThresholdOf(parts);
      if (threshold.has_value()) candidates.push_back({parts, *threshold, loss});
    }
    std::ranges::stable_sort(candidates, std::greater<>(), &Candidate::loss);
    return candidates;
  }

  /// Balanced over the elements of all parts.
  [[nodiscard]] std::optional<float> ThresholdOf(
      const std::vector<ValueId>& parts) const {
    const StatisticsCollector& statistics = variant_->ranges.statistics();
    Histogram all = statistics.histograms(parts.front()).All();
    Range range = *statistics.ranges()[Index(parts.front())];
    for (std::size_t i = 1; i < parts.size(); ++i) {
      all.Merge(statistics.histograms(parts[i]).All());
      const Range& other = *statistics.ranges()[Index(parts[i])];
      range = {std::min(range.min, other.min), std::max(range.max, other.max)};
    }
    std::vector<Histogram::Bin> bins = all.Bins();
    WeighBySlope(FunctionOf(variant_->graph, parts.front()), range, bins);
    const auto threshold = BalancedThreshold(bins, range);
    if (!threshold.has_value() || !IsProduct(parts.front())) return threshold;
    return std::max(*threshold, kLeastOfProduct * range.max);
  }

  /// What rounding does to a function goes with the square of its slope.
  void WeighBySlope(const std::vector<const Node*>& function, const Range& range,
                    std::vector<Histogram::Bin>& bins) const {
    if (function.empty()) return;
    std::vector<float> ends;
    for (const Histogram::Bin& bin : bins) {
      ends.push_back(std::max(bin.low, range.min));
      ends.push_back(std::min(bin.high, range.max));
    }
    const auto count = static_cast<std::int64_t>(ends.size());
    Tensor results = Tensor::Of<float>({count}, std::span<const float>(ends));
    for (const Node* node : function) {
      if (HasOneConstant(*node)) results = ResultFor(variant_->graph, *node, results);
    }
    const auto y = results.Data<float>();
    for (std::size_t i = 0; i < bins.size(); ++i) {
      const float width = ends[2 * i + 1] - ends[2 * i];
      const float slope = (y[2 * i + 1] - y[2 * i]) / width;
      bins[i].count *= std::isfinite(slope) ? slope * slope : 0;
    }
  }

  /// None, or none that differs from channel to channel.
  [[nodiscard]] bool HasOneConstant(const Node& node) const {
    return std::ranges::all_of(node.inputs, [&](ValueId id) {
      const Value& value = variant_->graph[id];
      return value.constant == nullptr || ElementCount(value.shape) == 1;
    });
  }

  [[nodiscard]] bool IsProduct(ValueId id) const {
    const Graph& graph = variant_->graph;
    const auto maker = Uses(graph).Producer(id);
    return maker.has_value() && std::holds_alternative<Mul>(graph.nodes[*maker].op);
  }

  /// With what rounding then costs; infinite beyond the limits.
  [[nodiscard]] Tried Try(const Thresholds& thresholds,
                          const DitherLimits& limits) const {
    Tried tried{thresholds};
    if (MacsOf(SplitPlanes(variant_->graph, thresholds)) > limits.macs) return tried;
    const Plan split = WithSplits(workshop_, before_, thresholds);
    const auto dithered = WithDither(workshop_, split, limits);
    if (dithered.has_value()) tried.left = dithered->left;
    return tried;
  }

  /// As a part of those without splits.
  [[nodiscard]] double ExtraMacs(const Graph& split) const {
    const auto before = static_cast<double>(MacsOf(variant_->graph));
    return before > 0 ? static_cast<double>(MacsOf(split)) / before - 1 : 0;
  }

  const Workshop& workshop_;
  Plan before_;
  std::shared_ptr<const Variant> variant_;
  std::vector<double> losses_;  // by value, before
};

}  // namespace

std::optional<float> BalancedThreshold(std::span<const Histogram::Bin> bins,
                                       const Range& extremes) {
  const double low = std::min(extremes.min, 0.0F);
  const double high = std::max(extremes.max, 0.0F);
  double total = 0;
  for (const Histogram::Bin& bin : bins) total += bin.count;
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
  Plan split = plan;
  split.rewrites += fmt::format(", {} tensors split", thresholds.size());
  split.variant = workshop.NewVariant(SplitPlanes(plan.variant->graph, thresholds));
  return split;
}

Thresholds ChooseSplits(const Workshop& workshop, const Plan& before,
                        const DitherLimits& limits) {
  return Search(workshop, before).Run(limits);
}

std::optional<SplitOffer> OfferSplits(const Workshop& workshop, const Plan& before,
                                      std::int64_t most_macs) {
  return Search(workshop, before).Offer(most_macs);
}

}  // namespace kinglet
