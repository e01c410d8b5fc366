// How the differences that calibration samples show become one shift of a bias.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kinglet {

/// How the differences of single samples become one shift.
enum class BiasForm : std::uint8_t {
  kNone,
  kMean,
  kMedian,   ///< of the samples: rare loud ones don't shift the others
  kTrimmed,  ///< mean without the lowest and highest tenth
};

/// One value for many, by `form`. REQUIRES: not empty.
double Combined(std::vector<double> values, BiasForm form);

/// What chance leaves of `combined`: m m^2 / (m^2 + e^2), `e` the standard error of the
/// mean of `values` (the Wiener filter of a number measured with that error). All of it
/// for one value, which says nothing of chance. REQUIRES: not empty.
double BeyondChance(double combined, std::span<const double> values);

}  // namespace kinglet
