// Kernels of signal processing. Products and sums are rounded one by one here, as the
// Python pipeline's are: nothing is fused.
#pragma once

#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

/// kVectors vectors advance together, so that no sum waits for the one before it.
template <int kVectors, typename Lanes>
HWY_INLINE void WeightedBlock(Size count, const float* const* rows, const float* weights,
                              Size at, Lanes lanes, float* out) {
  Vec sums[kVectors];
  for (Vec& sum : sums) sum = Splat(0.0F);
  for (Size t = 0; t < count; ++t) {
    const Vec weight = Splat(weights[t]);
    const float* row = rows[t] + at;
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      sums[v] = hn::Add(sums[v], hn::Mul(Load(row + v * kLanes, lanes), weight));
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) Store(sums[v], out + at + v * kLanes, lanes);
}

void WeightedRows(Size count, const float* const* rows, const float* weights, Size n,
                  float* out) {
  constexpr int kTogether = 8;
  Size at = 0;
  for (; at + kTogether * kLanes <= n; at += kTogether * kLanes) {
    WeightedBlock<kTogether>(count, rows, weights, at, Whole{}, out);
  }
  for (; at + kLanes <= n; at += kLanes) {
    WeightedBlock<1>(count, rows, weights, at, Whole{}, out);
  }
  if (at < n) WeightedBlock<1>(count, rows, weights, at, Part{n - at}, out);
}

}  // namespace
}  // namespace kinglet
