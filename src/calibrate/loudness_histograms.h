// The histogram of one tensor with loud samples told from quiet ones, so that each can
// count as much as it deserves.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "calibrate/histogram.h"

namespace kinglet {

/// One histogram for each power of two of a sample's variance. As exact to merge in any
/// order as the histograms are.
class LoudnessHistograms {
 public:
  /// Counts the finite numbers of one sample's tensor.
  void Add(std::span<const float> sample);
  void Merge(const LoudnessHistograms& other);

  /// Every number counts once.
  [[nodiscard]] Histogram All() const;
  /// In ascending order; a sample's numbers count with 1 / (variance of its class + 2 %
  /// of the mean variance), so that a relative error weighs the same in each.
  [[nodiscard]] std::vector<Histogram::Bin> NormalizedBins() const;

 private:
  std::map<int, Histogram> by_octave_;
};

}  // namespace kinglet
