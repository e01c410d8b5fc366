// Sums in NumPy's order of additions, so that their roundings are NumPy's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace kinglet {

/// Pairwise: blocks of up to 128 values with eight partial sums; larger spans are halved
/// at a multiple of eight. (NumPy's umath loops, versions 1.9 and later.)
template <typename T>
T PairwiseSum(std::span<const T> values) {
  constexpr std::size_t kLanes = 8;
  constexpr std::size_t kBlock = 128;
  const std::size_t n = values.size();
  if (n > kBlock) {
    const std::size_t half = n / 2 - n / 2 % kLanes;
    return PairwiseSum(values.first(half)) + PairwiseSum(values.subspan(half));
  }
  T rest{};
  std::size_t i = n - n % kLanes;
  if (n < kLanes) {
    for (const T value : values) rest += value;
    return rest;
  }
  std::array<T, kLanes> sums;
  std::copy_n(values.begin(), kLanes, sums.begin());
  for (std::size_t k = kLanes; k < i; ++k) sums[k % kLanes] += values[k];
  T sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
          ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  for (; i < n; ++i) sum += values[i];
  return sum;
}

/// The float32 mean: buffers of 8192 values are summed pairwise and added in order.
inline float NumpyMean(std::span<const float> values) {
  constexpr std::size_t kBuffer = 8192;
  float sum = 0;
  for (std::size_t i = 0; i < values.size(); i += kBuffer) {
    sum += PairwiseSum(values.subspan(i, std::min(kBuffer, values.size() - i)));
  }
  return sum / static_cast<float>(values.size());
}

}  // namespace kinglet
