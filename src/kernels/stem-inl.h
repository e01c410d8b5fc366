// The first convolution of an image or spectrogram: 3x3 over one channel. One lane is one
// output channel; nine weight vectors stay in registers and neighbouring outputs of a row
// share the values they broadcast. Same sums as conv-inl.h, zeros of the padding
// included.
#pragma once

#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

/// What the outputs of one row have in common, for one vector of output channels.
struct StemRow {
  const ConvPlan& plan;
  const float* in;
  float* out;  // at the row's first output
  Size top;    // input row of the first tap
  Vec weights[9];
  Vec bias;
  Vec low;
  Vec high;

  [[nodiscard]] HWY_INLINE bool HasRow(Size ky) const {
    return top + ky >= 0 && top + ky < plan.h.in;
  }
  [[nodiscard]] HWY_INLINE const float* InputRow(Size ky) const {
    return in + (top + ky) * plan.w.in;
  }
  template <typename Lanes>
  HWY_INLINE void Finish(Vec acc, Size ox, Lanes lanes) const {
    Store(Clamped(acc, low, high), out + ox * plan.out_channels, lanes);
  }
};

/// One output at any position.
template <typename Lanes>
HWY_INLINE void StemOne(const StemRow& row, Size ox, Lanes lanes) {
  const Size left = ox * row.plan.w.stride - row.plan.w.before;
  Vec acc = row.bias;
  for (Size tap = 0; tap < 9; ++tap) {
    const Size x = left + tap % 3;
    const bool inside = row.HasRow(tap / 3) && x >= 0 && x < row.plan.w.in;
    const float value = inside ? row.InputRow(tap / 3)[x] : 0.0F;
    acc = hn::MulAdd(Splat(value), row.weights[tap], acc);
  }
  row.Finish(acc, ox, lanes);
}

/// kBlock outputs from `ox` on whose windows lie between the ends of the row.
template <int kBlock, int kStride, typename Lanes>
HWY_INLINE void StemBlock(const StemRow& row, Size ox, Lanes lanes) {
  const Size left = ox * kStride - row.plan.w.before;
  Vec acc[kBlock];
#pragma GCC unroll 8
  for (int o = 0; o < kBlock; ++o) acc[o] = row.bias;
#pragma GCC unroll 3
  for (int ky = 0; ky < 3; ++ky) {
    const bool has_row = row.HasRow(ky);
    const float* values = has_row ? row.InputRow(ky) + left : row.in;
    AddThreeTaps<kBlock, kStride>(
        row.weights + ky * 3,
        [&](int column) { return Splat(has_row ? values[column] : 0.0F); }, acc);
  }
#pragma GCC unroll 8
  for (int o = 0; o < kBlock; ++o) row.Finish(acc[o], ox + o, lanes);
}

template <int kStride, typename Lanes>
HWY_NOINLINE void StemRowOf(const StemRow& shared, Interior interior, Lanes lanes) {
  constexpr int kBlock = kLanes == 8 ? 4 : 8;  // AVX2 has 16 registers, the others 32
  const StemRow row = shared;
  Size ox = 0;
  for (; ox < interior.first; ++ox) StemOne(row, ox, lanes);
  for (; ox + kBlock <= interior.last; ox += kBlock) {
    StemBlock<kBlock, kStride>(row, ox, lanes);
  }
  for (; ox < row.plan.w.out; ++ox) StemOne(row, ox, lanes);
}

bool IsStem(const ConvPlan& plan, Size stride) {
  return plan.in_channels == 1 && plan.h.kernel == 3 && plan.w.kernel == 3 &&
         plan.h.dilation == 1 && plan.w.dilation == 1 && plan.w.stride == stride;
}

/// The first row of the output, for the output channels from `c` on.
// NOLINTNEXTLINE(readability-non-const-parameter): written through the row
StemRow FirstRow(const ConvPlan& plan, const float* in, float* out, Size c) {
  StemRow row{.plan = plan,
              .in = in,
              .out = out + c,
              .top = -plan.h.before,
              .weights = {},
              .bias = Load(plan.bias + c, Whole{}),
              .low = Splat(plan.clamp.low),
              .high = Splat(plan.clamp.high)};
  const Size panel = c / kPanel;
  for (Size tap = 0; tap < 9; ++tap) {
    const float* of_tap = plan.weights + (panel * 9 + tap) * kPanel;
    row.weights[tap] = Load(of_tap + c % kPanel, Whole{});
  }
  return row;
}

template <int kStride>
void Stem(const ConvPlan& plan, const float* in, float* out) {
  const Interior interior = InteriorOf(plan.w);
  ForVectors(plan.out_channels, [&](Size c, auto lanes) {
    StemRow row = FirstRow(plan, in, out, c);
    for (Size oy = 0; oy < plan.h.out; ++oy) {
      StemRowOf<kStride>(row, interior, lanes);
      row.out += plan.w.out * plan.out_channels;
      row.top += plan.h.stride;
    }
  });
}

}  // namespace
}  // namespace kinglet
