// What calibration knows of every float tensor: minimum, maximum, a histogram, and how
// far single samples reach.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "calibrate/loudness_histograms.h"
#include "calibrate/outermost.h"
#include "calibrate/ranges.h"
#include "run/executor.h"

namespace kinglet {

enum class Detail : std::uint8_t {
  kExtremes,  ///< no histograms, which cost most
  kAll,
};

/// Gathers while samples run, as RangeCollector does.
class StatisticsCollector {
 public:
  explicit StatisticsCollector(const Graph& graph, Detail detail = Detail::kAll);

  void See(ValueId id, std::span<const std::byte> bytes);
  void Merge(const StatisticsCollector& other);

  [[nodiscard]] const RangeCollector& extremes() const { return extremes_; }
  [[nodiscard]] const Ranges& ranges() const { return extremes_.ranges(); }
  /// REQUIRES: Detail::kAll.
  [[nodiscard]] const LoudnessHistograms& histograms(ValueId id) const {
    return histograms_[Index(id)];
  }
  [[nodiscard]] const Outermost& outermost(ValueId id) const {
    return outermost_[Index(id)];
  }

 private:
  const Graph* graph_;
  RangeCollector extremes_;
  std::vector<LoudnessHistograms> histograms_;  // by value, or none
  std::vector<Outermost> outermost_;            // by value
};

/// Sees what an Observer does, and of which sample, from any thread.
using SampleObserver =
    std::function<void(std::size_t sample, ValueId id, std::span<const std::byte> bytes)>;

/// Statistics of each part of the samples; `part_of` says by sample to which of the
/// `parts` it belongs. `also` sees the same values.
std::vector<StatisticsCollector> CollectStatistics(
    const Executor& executor, std::span<const std::vector<Tensor>* const> samples,
    std::span<const std::size_t> part_of, std::size_t parts, std::size_t workers,
    const SampleObserver& also = nullptr, Detail detail = Detail::kAll);

}  // namespace kinglet
