// Kernels of signal processing. Products and sums are rounded one by one here, as the
// Python pipeline's are: nothing is fused.
#pragma once

#include <cmath>

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

/// Bits of |x|. They are ordered like the floats, infinity and NaN last.
template <typename Lanes>
HWY_INLINE IntVec MagnitudeBits(const float* from, Lanes lanes) {
  return hn::BitCast(kInts, hn::Abs(Load(from, lanes)));
}

HWY_INLINE float LargestOf(IntVec magnitude_bits) {
  return hn::GetLane(hn::BitCast(kFloats, hn::MaxOfLanes(kInts, magnitude_bits)));
}

float LargestMagnitudeOf(Size n, const float* in) {
  IntVec largest = hn::Zero(kInts);
  ForVectors(n, [&](Size i, auto lanes) HWY_ATTR {
    largest = hn::Max(largest, MagnitudeBits(in + i, lanes));
  });
  return LargestOf(largest);
}

void GroupMaxima(Size groups, const float* in, float* out) {
  static_assert(kGroupSize % kLanes == 0);
  for (Size g = 0; g < groups; ++g, in += kGroupSize) {
    IntVec largest = MagnitudeBits(in, Whole{});
    for (Size i = kLanes; i < kGroupSize; i += kLanes) {
      largest = hn::Max(largest, MagnitudeBits(in + i, Whole{}));
    }
    out[g] = LargestOf(largest);
  }
}

void Magnitudes(Size n, const float* re, const float* im, float* out) {
  constexpr Doubles kDoubles;
  constexpr hn::Rebind<float, Doubles> kHalf;
  constexpr auto kStep = static_cast<Size>(hn::MaxLanes(Doubles()));
  const auto squared = [&](const float* from) HWY_ATTR {
    const auto x = hn::PromoteTo(kDoubles, hn::LoadU(kHalf, from));
    return hn::Mul(x, x);
  };
  Size i = 0;
  for (; i + kStep <= n; i += kStep) {
    const auto magnitude = hn::Sqrt(hn::Add(squared(re + i), squared(im + i)));
    hn::StoreU(hn::DemoteTo(kHalf, magnitude), kHalf, out + i);
  }
  for (; i < n; ++i) {
    const double x = re[i];
    const double y = im[i];
    out[i] = static_cast<float>(std::sqrt(x * x + y * y));
  }
}

}  // namespace
}  // namespace kinglet
