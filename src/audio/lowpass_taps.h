// The low-pass filter of scipy.signal.resample_poly.
#pragma once

#include <cstdint>
#include <vector>

namespace kinglet {

/// Half the length of the filter for a ratio of up / down: 10 max(up, down).
std::int64_t HalfLength(std::int64_t up, std::int64_t down);

/// A sinc under a Kaiser window, beta 5, of 2 HalfLength + 1 taps: in double, divided by
/// their sum, rounded to float32, then times up.
std::vector<float> LowpassTaps(std::int64_t up, std::int64_t down);

}  // namespace kinglet
