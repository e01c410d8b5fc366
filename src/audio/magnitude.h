// The largest magnitude among samples.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

namespace kinglet {

/// 0 for none. Infinite or NaN exactly when some sample is.
inline float LargestMagnitude(std::span<const float> samples) {
  // Without their sign, the bits of floats are ordered like the floats, infinity and NaN
  // last; and maxima of integers are vectorized, those of floats are not.
  constexpr std::int32_t kWithoutSign = 0x7FFFFFFF;
  std::int32_t largest = 0;
  for (const float sample : samples) {
    largest = std::max(largest, std::bit_cast<std::int32_t>(sample) & kWithoutSign);
  }
  return std::bit_cast<float>(largest);
}

}  // namespace kinglet
