// What a recipe compared, for reports.
#pragma once

#include <string>

namespace kinglet {

/// A ratio of summed errors with the middle 90 % of it over resampled files.
struct ErrorRatio {
  double ratio = 1;
  double low = 1;
  double high = 1;

  /// Below one by more than chance.
  [[nodiscard]] bool IsClearGain() const { return high < 1; }
  /// Not above it by more than 1 dB, whatever the files.
  [[nodiscard]] bool IsSafe() const {
    constexpr double kDecibel = 1.26;
    return high < kDecibel;
  }
  bool operator==(const ErrorRatio&) const = default;
};

/// A candidate on samples held back, over TensorFlow's arithmetic on the same.
struct TrialRecord {
  std::string name;
  ErrorRatio error;
  bool chosen = false;
};

}  // namespace kinglet
