// The largest magnitude among samples.
#pragma once

#include <span>

#include "kernels/kernels.h"

namespace kinglet {

/// 0 for none. Infinite or NaN exactly when some sample is.
inline float LargestMagnitude(std::span<const float> samples) {
  return Kernels().largest_magnitude(std::ssize(samples), samples.data());
}

}  // namespace kinglet
