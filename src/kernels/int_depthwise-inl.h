// Depthwise convolution of int8 over the widened input, in float32: a product is at most
// 255 * 128, so that a sum of 514 products is exact. One lane is one channel. Sums of a
// row of outputs are kept, then all rescaled.
#pragma once

#include "kernels/int_widen-inl.h"
#include "kernels/portable_int.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

constexpr Size kExactProducts = 512;

/// One row of outputs.
struct Int8DepthwiseRow {
  const Int8DepthwisePlan& plan;
  const float* in;  ///< widened, at the row's first window
  std::int32_t* sums;
  Size sum_stride;
};

HWY_INLINE void StoreSums(Vec sum, std::int32_t* to) {
  hn::StoreU(hn::ConvertTo(kInts, sum), kInts, to);
}

/// kBlock outputs of 3x3 windows.
template <int kBlock, int kStride>
HWY_INLINE void Int8Block3x3(const Int8DepthwiseRow& row, Size ox, Size c,
                             const Vec (&weights)[9]) {
  const WidenPlan& widen = row.plan.widen;
  const float* corner = row.in + ox * kStride * widen.channels + c;
  Vec acc[kBlock];
#pragma GCC unroll 8
  for (int o = 0; o < kBlock; ++o) acc[o] = hn::Zero(kFloats);
#pragma GCC unroll 3
  for (int ky = 0; ky < 3; ++ky) {
    const float* values = corner + ky * widen.columns * widen.channels;
    AddThreeTaps<kBlock, kStride>(
        weights + ky * 3,
        [&](int column) { return Load(values + column * widen.channels, Whole{}); }, acc);
  }
#pragma GCC unroll 8
  for (int o = 0; o < kBlock; ++o) {
    StoreSums(acc[o], row.sums + (ox + o) * row.sum_stride + c);
  }
}

template <int kStride>
HWY_NOINLINE void Int8Row3x3(const Int8DepthwiseRow& row, Size c) {
  constexpr int kBlock = kLanes == 8 ? 4 : 8;  // AVX2 has 16 registers, the others 32
  const Size channels = row.plan.widen.channels;
  Vec weights[9];
#pragma GCC unroll 9
  for (int tap = 0; tap < 9; ++tap) {
    weights[tap] = Load(row.plan.weights + tap * channels + c, Whole{});
  }
  const Size outputs = row.plan.plain.w.out;
  Size ox = 0;
  for (; ox + kBlock <= outputs; ox += kBlock) {
    Int8Block3x3<kBlock, kStride>(row, ox, c, weights);
  }
  for (; ox < outputs; ++ox) Int8Block3x3<1, kStride>(row, ox, c, weights);
}

void Int8RowOfAnySize(const Int8DepthwiseRow& row, Size c) {
  const Axis& h = row.plan.plain.h;
  const Axis& w = row.plan.plain.w;
  const Size channels = row.plan.widen.channels;
  const Size line = row.plan.widen.columns * channels;
  for (Size ox = 0; ox < w.out; ++ox) {
    const float* corner = row.in + ox * w.stride * channels + c;
    const float* weight = row.plan.weights + c;
    Vec sum = hn::Zero(kFloats);
    IntVec finished = hn::Zero(kInts);
    Size products = 0;
    for (Size ky = 0; ky < h.kernel; ++ky) {
      for (Size kx = 0; kx < w.kernel; ++kx, weight += channels) {
        const float* x = corner + ky * h.dilation * line + kx * w.dilation * channels;
        sum = hn::MulAdd(Load(x, Whole{}), Load(weight, Whole{}), sum);
        if (++products % kExactProducts != 0) continue;
        finished = hn::Add(finished, hn::ConvertTo(kInts, sum));
        sum = hn::Zero(kFloats);
      }
    }
    finished = hn::Add(finished, hn::ConvertTo(kInts, sum));
    hn::StoreU(finished, kInts, row.sums + ox * row.sum_stride + c);
  }
}

HWY_INLINE bool IsThree(const Axis& axis) {
  return axis.kernel == 3 && axis.dilation == 1;
}

void Int8DepthwiseSums(const Int8DepthwiseRow& row) {
  const Axis& w = row.plan.plain.w;
  const bool three = IsThree(row.plan.plain.h) && IsThree(w);
  for (Size c = 0; c < row.plan.widen.channels; c += kLanes) {
    if (three && w.stride == 1) {
      Int8Row3x3<1>(row, c);
    } else if (three && w.stride == 2) {
      Int8Row3x3<2>(row, c);
    } else {
      Int8RowOfAnySize(row, c);
    }
  }
}

void DepthwiseInt8(const Int8DepthwisePlan& plan, const std::int8_t* in, std::int8_t* out,
                   float* scratch) {
  if (plan.plain.output.rounding == Rounding::kSingle) {
    return portable::DepthwiseInt8(plan, in, out, scratch);
  }
  Widen(plan.widen, in, scratch);
  const Size channels = plan.widen.channels;
  const Size line = plan.plain.h.stride * plan.widen.columns * channels;
  Int8DepthwiseRow row{.plan = plan,
                       .in = scratch,
                       .sums = reinterpret_cast<std::int32_t*>(scratch + plan.sums),
                       .sum_stride = (channels + kPanel - 1) / kPanel * kPanel};
  for (Size oy = 0; oy < plan.plain.h.out; ++oy, row.in += line) {
    Int8DepthwiseSums(row);
    FinishRows({.sums = row.sums,
                .sum_stride = row.sum_stride,
                .rows = plan.plain.w.out,
                .columns = channels,
                .rescale = plan.rescale,
                .output = plan.plain.output,
                .out = out + oy * plan.plain.w.out * channels,
                .out_stride = channels});
  }
}

}  // namespace
}  // namespace kinglet
