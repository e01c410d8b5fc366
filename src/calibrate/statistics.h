// What calibration knows of every float tensor: minimum, maximum, a histogram, and how
// far single samples reach.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "calibrate/loudness_histograms.h"
#include "calibrate/outermost.h"
#include "calibrate/ranges.h"
#include "run/executor.h"

namespace kinglet {

/// Gathers while samples run, as RangeCollector does.
class StatisticsCollector {
 public:
  explicit StatisticsCollector(const Graph& graph);

  void See(ValueId id, std::span<const std::byte> bytes);
  void Merge(const StatisticsCollector& other);

  [[nodiscard]] const RangeCollector& extremes() const { return extremes_; }
  [[nodiscard]] const Ranges& ranges() const { return extremes_.ranges(); }
  [[nodiscard]] const LoudnessHistograms& histograms(ValueId id) const {
    return histograms_[Index(id)];
  }
  [[nodiscard]] const Outermost& outermost(ValueId id) const {
    return outermost_[Index(id)];
  }

 private:
  const Graph* graph_;
  RangeCollector extremes_;
  std::vector<LoudnessHistograms> histograms_;  // by value
  std::vector<Outermost> outermost_;            // by value
};

/// Statistics of each part of the samples; `part_of` says by sample to which of the
/// `parts` it belongs. `on_sample` is told of each that is done, from any thread.
std::vector<StatisticsCollector> CollectStatistics(
    const Executor& executor, std::span<const std::vector<Tensor>* const> samples,
    std::span<const std::size_t> part_of, std::size_t parts, std::size_t workers,
    const std::function<void()>& on_sample = nullptr);

}  // namespace kinglet
