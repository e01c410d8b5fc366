#include "tune/choose_ranges.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "run/samples.h"

namespace kinglet {
namespace {

using Bins = std::vector<Histogram::Bin>;

constexpr float kLeast = 1e-6F;  // of the whole range, less is what is left of zeros
constexpr double kTail = 1e-4;   // share beyond each end of a percentile range
constexpr double kSteps = 255;

Range WithZero(double low, double high) {
  return {static_cast<float>(std::min(low, 0.0)),
          static_cast<float>(std::max(high, 0.0))};
}

Range Percentile(const Bins& bins, const Range& extremes) {
  const Range all = WithZero(extremes.min, extremes.max);
  const Range cut = WithZero(std::max<double>(Quantile(bins, kTail), all.min),
                             std::min<double>(Quantile(bins, 1 - kTail), all.max));
  const float left = (cut.max - cut.min) / (all.max - all.min);
  return left > kLeast ? cut : all;
}

/// The bins as the search for the least error reads them.
struct Weight {
  double centre = 0;
  double width = 0;
  double count = 0;
};

std::vector<Weight> WeightsOf(const Bins& bins) {
  std::vector<Weight> weights;
  for (const Histogram::Bin& bin : bins) {
    weights.push_back({(static_cast<double>(bin.low) + bin.high) / 2,
                       static_cast<double>(bin.high) - bin.low, bin.count});
  }
  return weights;
}

/// Expected squared error over all numbers when they are rounded to 255 steps between the
/// ends. Inside the range a bin wider than a step spreads over it; a narrower one rounds
/// as its centre does.
double SquaredError(const std::vector<Weight>& weights, double low, double high) {
  const double step = (high - low) / kSteps;
  double error = 0;
  for (const Weight& bin : weights) {
    const double cut = std::clamp(bin.centre, low, high);
    const double steps = cut / step;
    const auto nearest =
        static_cast<double>(static_cast<std::int32_t>(steps + std::copysign(0.5, steps)));
    const double off = bin.centre - (cut == bin.centre ? nearest * step : cut);
    const bool is_spread = cut == bin.centre && bin.width > step;
    const double within = cut == bin.centre ? bin.width * bin.width / 12 : 0;
    error += (is_spread ? step * step / 12 : off * off + within) * bin.count;
  }
  return error;
}

/// The one of a ladder of ends, shorter and shorter, with the smallest error: among every
/// fourth rung, and then among those around the best.
template <typename Error>
double BestEnd(double end, const Error& error_of) {
  constexpr double kRatio = 0.97;
  constexpr int kRungs = 100;
  constexpr int kStride = 4;
  double least = std::numeric_limits<double>::infinity();
  int chosen = 0;
  const auto climb = [&](int first, int last, int stride) {
    for (int rung = first; rung <= last; rung += stride) {
      const double error = error_of(end * std::pow(kRatio, rung));
      if (error >= least) continue;
      least = error;
      chosen = rung;
    }
  };
  climb(0, kRungs, kStride);
  const int best = chosen;
  climb(std::max(best - kStride + 1, 0), best - 1, 1);
  climb(best + 1, best + kStride - 1, 1);
  return end * std::pow(kRatio, chosen);
}

/// The ends are shortened by turns, each by a ladder of factors.
Range LeastSquares(const Bins& bins, const Range& extremes) {
  const Range all = WithZero(extremes.min, extremes.max);
  if (!(all.max > all.min)) return all;
  const std::vector<Weight> weights = WeightsOf(bins);
  double low = all.min;
  double high = all.max;
  constexpr int kTurns = 2;
  for (int turn = 0; turn < kTurns; ++turn) {
    for (const bool upper : {true, false}) {
      if (upper) {
        high =
            BestEnd(all.max, [&](double end) { return SquaredError(weights, low, end); });
      } else {
        low = BestEnd(all.min,
                      [&](double end) { return SquaredError(weights, end, high); });
      }
    }
  }
  return WithZero(low, high);
}

/// Counts in linear bins from zero to the larger magnitude.
std::vector<double> Linear(const Bins& bins, double largest, std::size_t count) {
  std::vector<double> linear(count);
  const double width = largest / static_cast<double>(count);
  for (const Histogram::Bin& bin : bins) {
    const double low = std::min(std::abs(bin.low), std::abs(bin.high)) / width;
    const double high = std::max(std::abs(bin.low), std::abs(bin.high)) / width;
    const auto first = static_cast<std::size_t>(low);
    for (std::size_t i = first; i < count && static_cast<double>(i) < high; ++i) {
      const auto left = std::max(low, static_cast<double>(i));
      const auto right = std::min(high, static_cast<double>(i) + 1);
      linear[i] += bin.count * (right - left) / (high - low);
    }
  }
  return linear;
}

/// Divergence of the first `kept` bins, the rest added to the last of them, from the same
/// in `levels` equal levels.
double Divergence(std::span<const double> linear, std::size_t kept, std::size_t levels) {
  std::vector<double> wanted(linear.begin(),
                             linear.begin() + static_cast<std::ptrdiff_t>(kept));
  for (std::size_t i = kept; i < linear.size(); ++i) wanted.back() += linear[i];
  double divergence = 0;
  double total = 0;
  double total_levels = 0;
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t first = level * kept / levels;
    const std::size_t last = (level + 1) * kept / levels;
    double mass = 0;
    double used = 0;
    for (std::size_t i = first; i < last; ++i) {
      mass += linear[i];
      used += linear[i] > 0 ? 1 : 0;
    }
    for (std::size_t i = first; i < last; ++i) {
      total += wanted[i];
      if (linear[i] == 0 || wanted[i] == 0) continue;
      divergence += wanted[i] * std::log(wanted[i] * used / mass);
    }
    total_levels += mass;
  }
  if (total == 0 || total_levels == 0) return std::numeric_limits<double>::infinity();
  return divergence / total - std::log(total / total_levels);
}

Range LeastDivergence(const Bins& bins, const Range& extremes) {
  constexpr std::size_t kLinearBins = 2048;
  constexpr std::size_t kLevels = 128;
  const Range all = WithZero(extremes.min, extremes.max);
  const double largest = std::max(-all.min, all.max);
  if (largest <= 0) return all;
  const std::vector<double> linear = Linear(bins, largest, kLinearBins);
  double best = std::numeric_limits<double>::infinity();
  std::size_t chosen = kLinearBins;
  for (std::size_t kept = kLevels; kept <= kLinearBins; kept += kLevels / 8) {
    const double divergence = Divergence(linear, kept, kLevels);
    if (divergence < best) {
      best = divergence;
      chosen = kept;
    }
  }
  const double end = largest * static_cast<double>(chosen) / kLinearBins;
  return WithZero(std::max<double>(all.min, -end), std::min<double>(all.max, end));
}

}  // namespace

Range ChooseRange(const LoudnessHistograms& histograms, const Range& extremes,
                  RangeMethod method) {
  if (method == RangeMethod::kMinMax) return extremes;
  const Bins bins = method == RangeMethod::kNormalizedMse ? histograms.NormalizedBins()
                                                          : histograms.All().Bins();
  if (bins.empty()) return extremes;
  switch (method) {
    case RangeMethod::kPercentile:
      return Percentile(bins, extremes);
    case RangeMethod::kMse:
    case RangeMethod::kNormalizedMse:
      return LeastSquares(bins, extremes);
    case RangeMethod::kEntropy:
      return LeastDivergence(bins, extremes);
    case RangeMethod::kMinMax:
      break;
  }
  return extremes;
}

Ranges ChooseRanges(const StatisticsCollector& statistics, RangeMethod method,
                    std::size_t workers) {
  Ranges ranges = statistics.ranges();
  ForEachSample(ranges.size(), workers, [&](std::size_t, std::size_t i) {
    if (!ranges[i].has_value()) return;
    ranges[i] =
        ChooseRange(statistics.histograms(static_cast<ValueId>(i)), *ranges[i], method);
  });
  return ranges;
}

const Ranges& RangeChoices::By(RangeMethod method, std::size_t workers) const {
  const auto found = chosen_.find(method);
  if (found != chosen_.end()) return found->second;
  return chosen_.emplace(method, ChooseRanges(statistics_, method, workers))
      .first->second;
}

}  // namespace kinglet
