// How far the outermost samples reach, and how much farther others may.
#pragma once

#include <vector>

#include "calibrate/ranges.h"

namespace kinglet {

/// The lowest minima and the highest maxima of one tensor over samples.
class Outermost {
 public:
  /// Counts one sample whose numbers lie in `range`.
  void Add(const Range& range);
  /// The same result in any order.
  void Merge(const Outermost& other);

  /// How far beyond each end another sample may reach, neither below zero: the mean by
  /// which the outer quarter of the samples, 16 at most, lie beyond the next one. That
  /// estimates the scale of an exponential tail (Pickands 1975, of shape zero), of which
  /// a third lies farther out than that. Zero for fewer than four samples.
  struct Room {
    float below = 0;
    float above = 0;
  };
  [[nodiscard]] Room RoomBeyond() const;

 private:
  std::vector<float> lowest_;   // ascending
  std::vector<float> highest_;  // descending
  std::size_t samples_ = 0;
};

}  // namespace kinglet
