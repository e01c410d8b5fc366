// Convolution of int8 over the widened input. As in conv_tile-inl.h one lane is one
// output channel and a tile of kRows positions times kPanels panels stays in registers;
// one step multiplies a pair of inputs, broadcast, with the pairs of weights and adds
// both products to the 32-bit sums.
#pragma once

#include <cstring>

#include "kernels/int_widen-inl.h"
#include "kernels/portable_int.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

using Shorts = hn::Repartition<std::int16_t, Ints32>;
constexpr Shorts kShorts;
using ShortVec = hn::Vec<Shorts>;

constexpr int kSumVectors = static_cast<int>(kPanel / kLanes);  // in a panel

/// sum + a[2i] * b[2i] + a[2i + 1] * b[2i + 1] in lane i.
HWY_INLINE IntVec AddPairs(ShortVec a, ShortVec b, IntVec sum) {
#if HWY_ARCH_X86
  IntVec unused = sum;
  return hn::ReorderWidenMulAccumulate(kInts, a, b, sum, unused);
#else
  const IntVec x = hn::BitCast(kInts, a);
  const IntVec y = hn::BitCast(kInts, b);
  const auto low = [](IntVec v) { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  const IntVec upper = hn::Mul(hn::ShiftRight<16>(x), hn::ShiftRight<16>(y));
  return hn::Add(hn::Add(sum, hn::Mul(low(x), low(y))), upper);
#endif
}

HWY_INLINE ShortVec SplatPair(const std::int16_t* pair) {
  std::int32_t both;
  std::memcpy(&both, pair, sizeof(both));
  return hn::BitCast(kShorts, hn::Set(kInts, both));
}

struct Int8ConvJob {
  const Int8ConvPlan& plan;
  const std::int16_t* in;       ///< widened, at the group's first channel
  const std::int16_t* weights;  ///< of the panels in work
  RescalePlan rescale;
  std::int8_t* out;
  Size columns;  ///< of the panels in work
};

/// Sums of kRows positions, [kRows][kPanels * kPanel].
template <int kRows, int kPanels>
// Nested because every loop is unrolled over registers.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
HWY_NOINLINE void SumTile(const Int8ConvPlan& plan, const std::int16_t* const* corners,
                          const std::int16_t* weights, std::int32_t* sums) {
  constexpr int kVectors = kPanels * kSumVectors;
  const Size panel_stride = plan.run_count * plan.run_pairs * kPanel * 2;
  IntVec acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) acc[r][v] = hn::Zero(kInts);
  }
  for (Size run = 0; run < plan.run_count; ++run) {
    const std::int16_t* a[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) a[r] = corners[r] + plan.runs[run];
    const Size end = plan.run_pairs * 2;
    for (Size k = 0; k != end; k += 2, weights += kPanel * 2) {
      ShortVec b[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        b[v] = hn::LoadU(kShorts, weights + v / kSumVectors * panel_stride +
                                      v % kSumVectors * 2 * kLanes);
      }
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const ShortVec x = SplatPair(a[r] + k);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) acc[r][v] = AddPairs(x, b[v], acc[r][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      hn::StoreU(acc[r][v], kInts, sums + (r * kVectors + v) * kLanes);
    }
  }
}

/// Corners of the windows of positions `row` and after; those past the end repeat the
/// last one.
template <int kRows>
HWY_INLINE void FindCorners(const Int8ConvJob& job, Size row, Size count,
                            const std::int16_t** corners) {
  const Int8ConvPlan& plan = job.plan;
  const Size down = plan.h.stride * plan.widen.columns * plan.widen.channels;
  const Size right = plan.w.stride * plan.widen.channels;
  Size y = plan.h.out == 1 ? 0 : row / plan.w.out;
  Size x = row - y * plan.w.out;
  for (int r = 0; r < kRows; ++r) {
    corners[r] = job.in + y * down + x * right;
    if (r + 1 >= count) continue;
    ++x;
    if (x == plan.w.out) {
      x = 0;
      ++y;
    }
  }
}

template <int kRows, int kPanels>
HWY_INLINE void Int8ConvRows(const Int8ConvJob& job, Size row, Size count) {
  const std::int16_t* corners[kRows];
  HWY_ALIGN std::int32_t sums[kRows * kPanels * kPanel];
  FindCorners<kRows>(job, row, count, corners);
  SumTile<kRows, kPanels>(job.plan, corners, job.weights, sums);
  const Size channels = job.plan.plain.out_channels;
  FinishRows({.sums = sums,
              .sum_stride = kPanels * kPanel,
              .rows = count,
              .columns = job.columns,
              .rescale = job.rescale,
              .output = job.plan.plain.output,
              .out = job.out + row * channels,
              .out_stride = channels});
}

template <int kRows, int kPanels>
HWY_INLINE void Int8ConvPanelRows(const Int8ConvJob& job, Size row, Size end) {
  for (; row + kRows <= end; row += kRows) {
    Int8ConvRows<kRows, kPanels>(job, row, kRows);
  }
  if (row >= end) return;
  if constexpr (kRows > 1) {
    constexpr int kHalf = kRows / 2;
    if (end - row <= kHalf) {
      Int8ConvPanelRows<kHalf, kPanels>(job, row, end);
    } else {
      Int8ConvRows<kRows, kPanels>(job, row, end - row);
    }
  }
}

template <int kRows, int kPanels>
HWY_NOINLINE void Int8ConvPanels(Int8ConvJob& job, Size channels, Size& panel) {
  const Int8ConvPlan& plan = job.plan;
  job.columns = Smaller(channels - panel * kPanel, kPanels * kPanel);
  Int8ConvPanelRows<kRows, kPanels>(job, 0, plan.h.out * plan.w.out);
  job.weights += kPanels * plan.run_count * plan.run_pairs * kPanel * 2;
  job.rescale.bias += kPanels * kPanel;
  job.rescale.multipliers += kPanels * kPanel;
  job.rescale.left_shifts += kPanels * kPanel;
  job.rescale.right_shifts += kPanels * kPanel;
  if (job.rescale.factors != nullptr) job.rescale.factors += kPanels * kPanel;
  job.out += kPanels * kPanel;
  panel += kPanels;
}

// Tiles as in conv-inl.h: 32 registers of 16 or 4 lanes, or 16 of 8 lanes.
void Int8ConvGroup(Int8ConvJob& job, Size channels) {
  const Size panels = (channels + kPanel - 1) / kPanel;
  const bool one_row = job.plan.h.out * job.plan.w.out == 1;
  Size panel = 0;
  while (panel < panels) {
    const Size left = panels - panel;
    if constexpr (kSumVectors == 1) {
      if (one_row && left >= 8) {
        Int8ConvPanels<1, 8>(job, channels, panel);
      } else if (left >= 4) {
        Int8ConvPanels<6, 4>(job, channels, panel);
      } else if (left == 3) {
        Int8ConvPanels<8, 3>(job, channels, panel);
      } else if (left == 2) {
        Int8ConvPanels<12, 2>(job, channels, panel);
      } else {
        Int8ConvPanels<14, 1>(job, channels, panel);
      }
    } else if (one_row && left >= 4) {
      Int8ConvPanels<1, 8 / kSumVectors>(job, channels, panel);
    } else {
      Int8ConvPanels<6, 1>(job, channels, panel);
    }
  }
}

void ConvInt8(const Int8ConvPlan& plan, const std::int8_t* in, std::int8_t* out,
              std::int16_t* scratch) {
  if (plan.plain.output.rounding == Rounding::kSingle) {
    return portable::ConvInt8(plan, in, out, scratch);
  }
  Widen(plan.widen, in, scratch);
  const Size outputs = plan.plain.out_channels / plan.plain.groups;
  Int8ConvJob job{.plan = plan,
                  .in = scratch,
                  .weights = plan.weights,
                  .rescale = plan.rescale,
                  .out = out,
                  .columns = outputs};
  for (Size g = 0; g < plan.plain.groups; ++g) {
    job.in = scratch + g * (plan.widen.channels / plan.plain.groups);
    job.out = out + g * outputs;
    Int8ConvGroup(job, outputs);
  }
}

}  // namespace
}  // namespace kinglet
