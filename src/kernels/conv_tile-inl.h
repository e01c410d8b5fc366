// The inner loop of a convolution, an outer product: one lane is one output channel, an
// input value is broadcast to all of them, and the accumulators of a tile of kRows
// positions times kPanels panels stay in registers over the whole depth.
#pragma once

#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

constexpr int kPanelVectors = static_cast<int>(kPanel / kLanes);

struct TileJob {
  const float* const* rows;  // [runs][kRows]
  const ConvRun* runs;
  Size run_count;
  Size step;
  const float* weights;
  Size panel_stride;
  const float* init;
  Size init_stride;
  float* out;
  Size out_stride;
  Size row_count;
  Size columns;
  Clamp clamp;
};

template <int kRows, int kVectors>
HWY_INLINE void StoreTile(const Vec (&acc)[kRows][kVectors], const TileJob& job) {
  const Vec low = Splat(job.clamp.low);
  const Vec high = Splat(job.clamp.high);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    if (r >= job.row_count) break;
    float* to = job.out + r * job.out_stride;
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      const Vec y = Clamped(acc[r][v], low, high);
      const Size left = job.columns - v * kLanes;
      if (left >= kLanes) {
        Store(y, to + v * kLanes, Whole{});
      } else if (left > 0) {
        Store(y, to + v * kLanes, Part{left});
      }
    }
  }
}

template <int kRows, int kPanels>
HWY_NOINLINE void RunTile(const TileJob& job) {
  constexpr int kVectors = kPanels * kPanelVectors;
  Vec acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      acc[r][v] = Load(job.init + r * job.init_stride + v * kLanes, Whole{});
    }
  }
  const float* weights = job.weights;
  const Size panel_stride = job.panel_stride;
  const Size step = job.step;
  for (Size run = 0; run < job.run_count; ++run) {
    const float* a[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) a[r] = job.rows[run * kRows + r];
    const Size end = job.runs[run].elements * step;
    for (Size k = 0; k != end; k += step, weights += kPanel) {
      Vec b[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        const Size panel = v / kPanelVectors;
        b[v] = Load(weights + panel * panel_stride + v % kPanelVectors * kLanes, Whole{});
      }
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const Vec x = Splat(a[r][k]);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) acc[r][v] = hn::MulAdd(x, b[v], acc[r][v]);
      }
    }
  }
  StoreTile<kRows, kVectors>(acc, job);
}

}  // namespace
}  // namespace kinglet
