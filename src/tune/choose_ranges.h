// From histograms to the ranges of activations.
#pragma once

#include <map>

#include "calibrate/statistics.h"
#include "kinglet/recipe_steps.h"

namespace kinglet {

/// One range a value, never beyond its extremes and never without zero.
Ranges ChooseRanges(const StatisticsCollector& statistics, RangeMethod method,
                    std::size_t workers);

/// Of one value. REQUIRES: the histograms of a value with these extremes.
Range ChooseRange(const LoudnessHistograms& histograms, const Range& extremes,
                  RangeMethod method);

/// Statistics and the ranges that were chosen from them, each method once.
class RangeChoices {
 public:
  explicit RangeChoices(StatisticsCollector statistics)
      : statistics_(std::move(statistics)) {}

  [[nodiscard]] const StatisticsCollector& statistics() const { return statistics_; }
  /// Not from two threads at a time.
  [[nodiscard]] const Ranges& By(RangeMethod method, std::size_t workers) const;

 private:
  StatisticsCollector statistics_;
  mutable std::map<RangeMethod, Ranges> chosen_;
};

}  // namespace kinglet
