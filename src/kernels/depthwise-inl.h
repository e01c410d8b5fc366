// Depthwise convolution: one lane is one channel, taps in the order (ky, kx), those
// outside the input left out.
//
// 3x3: the nine weight vectors stay in registers and neighbouring outputs of a row share
// the columns they read; blocks of outputs that never leave the row, single ones at its
// ends. 1x1: one multiply-add per element.
#pragma once

#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

template <typename Lanes>
HWY_INLINE void StoreClamped(Vec v, Clamp clamp, float* to, Lanes lanes) {
  Store(Clamped(v, Splat(clamp.low), Splat(clamp.high)), to, lanes);
}

/// One output position, channels from `c` on.
template <typename Lanes>
HWY_INLINE void DepthwiseOne(const DepthwisePlan& plan, const float* in, Size oy, Size ox,
                             Taps ys, Size c, float* out, Lanes lanes) {
  const Size channels = plan.in_channels;
  const Taps xs = TapsInside(plan.w, ox);
  const Size top = oy * plan.h.stride - plan.h.before;
  const Size left = ox * plan.w.stride - plan.w.before;
  Vec acc = Load(plan.bias + c, lanes);
  for (Size ky = ys.first; ky < ys.last; ++ky) {
    const Size y = top + ky * plan.h.dilation;
    for (Size kx = xs.first; kx < xs.last; ++kx) {
      const Size x = left + kx * plan.w.dilation;
      const Vec value = Load(in + (y * plan.w.in + x) * channels + c, lanes);
      const Size tap = ky * plan.w.kernel + kx;
      acc = hn::MulAdd(value, Load(plan.weights + tap * channels + c, lanes), acc);
    }
  }
  StoreClamped(acc, plan.clamp, out + (oy * plan.w.out + ox) * channels + c, lanes);
}

void DepthwiseAnySize(const DepthwisePlan& plan, const float* in, float* out) {
  for (Size oy = 0; oy < plan.h.out; ++oy) {
    const Taps ys = TapsInside(plan.h, oy);
    for (Size ox = 0; ox < plan.w.out; ++ox) {
      ForVectors(plan.in_channels, [&](Size c, auto lanes) {
        DepthwiseOne(plan, in, oy, ox, ys, c, out, lanes);
      });
    }
  }
}

/// kBlock outputs of one row, all of whose taps lie between its ends.
template <int kBlock, int kStride, typename Lanes>
HWY_INLINE void Block3x3(const DepthwisePlan& plan, const float* in, Size top, Size left,
                         Taps ys, const Vec (&weights)[9], Vec bias, float* out,
                         Lanes lanes) {
  const Size channels = plan.in_channels;
  Vec acc[kBlock];
#pragma GCC unroll 8
  for (int o = 0; o < kBlock; ++o) acc[o] = bias;
#pragma GCC unroll 3
  for (int ky = 0; ky < 3; ++ky) {
    if (ky < ys.first || ky >= ys.last) continue;
    const float* row = in + ((top + ky) * plan.w.in + left) * channels;
#pragma GCC unroll 32
    for (int column = 0; column < (kBlock - 1) * kStride + 3; ++column) {
      const Vec value = Load(row + column * channels, lanes);
#pragma GCC unroll 8
      for (int o = 0; o < kBlock; ++o) {
        const int kx = column - o * kStride;
        if (kx < 0 || kx > 2) continue;
        acc[o] = hn::MulAdd(value, weights[ky * 3 + kx], acc[o]);
      }
    }
  }
#pragma GCC unroll 8
  for (int o = 0; o < kBlock; ++o) {
    StoreClamped(acc[o], plan.clamp, out + o * channels, lanes);
  }
}

/// The last block is moved back so that it ends with the interior; what it computes twice
/// comes out the same. REQUIRES: at least kBlock interior outputs.
template <int kBlock, int kStride, typename Lanes>
HWY_INLINE void Blocks3x3(const DepthwisePlan& plan, const float* in, Size oy, Taps ys,
                          Interior interior, Size c, float* out, Lanes lanes) {
  Vec weights[9];
#pragma GCC unroll 9
  for (int tap = 0; tap < 9; ++tap) {
    weights[tap] = Load(plan.weights + tap * plan.in_channels + c, lanes);
  }
  const Vec bias = Load(plan.bias + c, lanes);
  const Size top = oy * plan.h.stride - plan.h.before;
  for (Size ox = interior.first; ox < interior.last; ox += kBlock) {
    const Size start = Smaller(ox, interior.last - kBlock);
    Block3x3<kBlock, kStride>(
        plan, in + c, top, start * kStride - plan.w.before, ys, weights, bias,
        out + (oy * plan.w.out + start) * plan.in_channels + c, lanes);
  }
}

template <int kStride, typename Lanes>
HWY_NOINLINE void Row3x3(const DepthwisePlan& plan, const float* in, Size oy, Taps ys,
                         Interior interior, Size c, float* out, Lanes lanes) {
  constexpr int kWide = kLanes == 8 ? 4 : 8;  // AVX2 has 16 registers, the others 32
  const Size inside = interior.last - interior.first;
  Size ox = 0;
  for (; ox < interior.first; ++ox) DepthwiseOne(plan, in, oy, ox, ys, c, out, lanes);
  if (inside >= kWide) {
    Blocks3x3<kWide, kStride>(plan, in, oy, ys, interior, c, out, lanes);
    ox = interior.last;
  } else if (inside >= 4) {
    Blocks3x3<4, kStride>(plan, in, oy, ys, interior, c, out, lanes);
    ox = interior.last;
  }
  for (; ox < plan.w.out; ++ox) DepthwiseOne(plan, in, oy, ox, ys, c, out, lanes);
}

template <int kStride>
void Depthwise3x3(const DepthwisePlan& plan, const float* in, float* out) {
  const Interior interior = InteriorOf(plan.w);
  for (Size oy = 0; oy < plan.h.out; ++oy) {
    const Taps ys = TapsInside(plan.h, oy);
    ForVectors(plan.in_channels, [&](Size c, auto lanes) {
      Row3x3<kStride>(plan, in, oy, ys, interior, c, out, lanes);
    });
  }
}

void Depthwise1x1(const DepthwisePlan& plan, const float* in, float* out) {
  const Size positions = plan.h.out * plan.w.out;
  const Size channels = plan.in_channels;
  ForVectors(channels, [&](Size c, auto lanes) {
    const Vec weight = Load(plan.weights + c, lanes);
    const Vec bias = Load(plan.bias + c, lanes);
    for (Size i = c; i < positions * channels; i += channels) {
      StoreClamped(hn::MulAdd(Load(in + i, lanes), weight, bias), plan.clamp, out + i,
                   lanes);
    }
  });
}

/// Several outputs of one input channel: the lanes are those outputs.
template <typename Lanes>
HWY_INLINE void DepthwiseFan(const DepthwisePlan& plan, const float* in, Size oy, Size ox,
                             Size c, Size first, float* out, Lanes lanes) {
  const Size outputs = plan.in_channels * plan.multiplier;
  const Taps ys = TapsInside(plan.h, oy);
  const Taps xs = TapsInside(plan.w, ox);
  const Size top = oy * plan.h.stride - plan.h.before;
  const Size left = ox * plan.w.stride - plan.w.before;
  Vec acc = Load(plan.bias + first, lanes);
  for (Size ky = ys.first; ky < ys.last; ++ky) {
    const Size y = top + ky * plan.h.dilation;
    for (Size kx = xs.first; kx < xs.last; ++kx) {
      const Size x = left + kx * plan.w.dilation;
      const Vec value = Splat(in[(y * plan.w.in + x) * plan.in_channels + c]);
      const Size tap = ky * plan.w.kernel + kx;
      acc = hn::MulAdd(value, Load(plan.weights + tap * outputs + first, lanes), acc);
    }
  }
  StoreClamped(acc, plan.clamp, out + (oy * plan.w.out + ox) * outputs + first, lanes);
}

void DepthwiseMultiplied(const DepthwisePlan& plan, const float* in, float* out) {
  const Size positions = plan.h.out * plan.w.out;
  for (Size i = 0; i < positions * plan.in_channels; ++i) {
    const Size c = i % plan.in_channels;
    const Size position = i / plan.in_channels;
    const Size oy = position / plan.w.out;
    const Size ox = position % plan.w.out;
    ForVectors(plan.multiplier, [&](Size m, auto lanes) {
      DepthwiseFan(plan, in, oy, ox, c, c * plan.multiplier + m, out, lanes);
    });
  }
}

bool IsKernel(const DepthwisePlan& plan, Size size) {
  return plan.h.kernel == size && plan.w.kernel == size && plan.h.dilation == 1 &&
         plan.w.dilation == 1;
}

void Depthwise(const DepthwisePlan& plan, const float* in, float* out) {
  const bool every_position = plan.h.stride == 1 && plan.w.stride == 1 &&
                              plan.h.out == plan.h.in && plan.w.out == plan.w.in;
  if (plan.multiplier != 1) {
    DepthwiseMultiplied(plan, in, out);
  } else if (IsKernel(plan, 1) && every_position) {
    Depthwise1x1(plan, in, out);
  } else if (IsKernel(plan, 3) && plan.w.stride == 1) {
    Depthwise3x3<1>(plan, in, out);
  } else if (IsKernel(plan, 3) && plan.w.stride == 2) {
    Depthwise3x3<2>(plan, in, out);
  } else {
    DepthwiseAnySize(plan, in, out);
  }
}

}  // namespace
}  // namespace kinglet
