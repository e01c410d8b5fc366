// How much of a fit is due to the samples that happened to be drawn.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "tune/trial.h"

namespace kinglet {

/// Distances of outputs: root mean square of the differences, over that of the outputs in
/// float.
struct Stability {
  double apart = 0;  ///< fits on two halves of the samples from each other
  std::array<double, 2> halves = {};  ///< each of them from float
  double whole = 0;                   ///< the fit on all samples from float
  double cosine = 1;                  ///< of the two fits, mean over samples

  /// Two fits of which neither errs more than the one on all samples, and whose errors
  /// have nothing to do with each other, are 1.4 such errors apart.
  [[nodiscard]] bool IsStable() const {
    constexpr double kErrors = 2;
    return apart <= kErrors * whole;
  }
  bool operator==(const Stability&) const = default;
};

/// REQUIRES: outputs of the same samples, at least one.
Stability StabilityOf(std::span<const Outputs> reference, std::span<const Outputs> whole,
                      const std::array<std::vector<Outputs>, 2>& halves);

}  // namespace kinglet
