// What a recipe compared, for reports.
#pragma once

#include <string>

namespace kinglet {

inline constexpr double kDecibelLess = 0.794;  ///< as a ratio of errors

/// A ratio of summed errors with the middle 90 % of it over resampled files.
struct ErrorRatio {
  double ratio = 1;
  double low = 1;
  double high = 1;

  /// Below one by more than chance, or by more than a decibel.
  [[nodiscard]] bool IsGain() const { return high < 1 || ratio < kDecibelLess; }
  bool operator==(const ErrorRatio&) const = default;
};

/// A candidate on samples held back, over TensorFlow's arithmetic on the same.
struct TrialRecord {
  std::string name;
  ErrorRatio error;
  bool chosen = false;
};

}  // namespace kinglet
