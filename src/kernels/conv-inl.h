// Convolution by tiles of kRows positions times kPanels panels (conv_tile-inl.h): panel
// groups are the outer loop, row tiles the inner one.
//
// Runs are resolved to pointers a few at a time; between those chunks a tile rests in
// memory, which rounds nothing.
#pragma once

#include "kernels/conv_tile-inl.h"
#include "kernels/stem-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

constexpr Size kChunkRuns = 16;
constexpr Size kEdgeFloats = 8192;

/// One panel group of one group of channels.
struct ConvJob {
  const ConvPlan& plan;
  const float* in;       // at the group's first channel
  const float* weights;  // at the first panel
  const float* bias;
  float* out;    // at the first panel's channels
  Size columns;  // output channels to store
};

/// Input coordinates of a window's first tap.
struct Corner {
  Size y;
  Size x;
};

// Where the run's floats lie: in the input, in the row of zeros, or, where the window
// crosses the edge, copied to `edge`, which moves on.
HWY_INLINE const float* Resolve(const ConvJob& job, const ConvRun& run, Corner corner,
                                float*& edge) {
  const ConvPlan& plan = job.plan;
  const Size channels = plan.in_channels;
  const Size y = corner.y + run.ky * plan.h.dilation;
  const Size x = corner.x + run.kx * plan.w.dilation;
  const Size first = (y * plan.w.in + x) * channels;
  if (!plan.padded) return job.in + first;
  if (y < 0 || y >= plan.h.in) return plan.zeros;
  if (x >= 0 && x + run.taps <= plan.w.in) return job.in + first;
  const Size begin = Larger(0, -x);
  const Size end = Smaller(run.taps, plan.w.in - x);
  if (begin >= end) return plan.zeros;
  float* copy = edge;
  edge += run.elements;
  for (Size i = 0; i < run.elements; ++i) {
    const bool inside = i >= begin * channels && i < end * channels;
    copy[i] = inside ? job.in[first + i] : 0.0F;
  }
  return copy;
}

/// Positions of a tile; those past the end repeat the last one.
template <int kRows>
struct TileRows {
  Corner corners[kRows];
  Size count;
  bool straight;  ///< all in one row of the output
};

template <int kRows>
HWY_INLINE void Place(const ConvPlan& plan, Size row, TileRows<kRows>& tile) {
  Size oy = plan.h.out == 1 ? 0 : row / plan.w.out;
  Size ox = row - oy * plan.w.out;
  tile.straight = ox + tile.count <= plan.w.out;
  for (int r = 0; r < kRows; ++r) {
    tile.corners[r] = {oy * plan.h.stride - plan.h.before,
                       ox * plan.w.stride - plan.w.before};
    if (r + 1 >= tile.count) continue;
    ++ox;
    if (ox == plan.w.out) {
      ox = 0;
      ++oy;
    }
  }
}

// Most tiles lie in one row of the output and inside the input: evenly spaced pointers.
template <int kRows>
HWY_INLINE bool ResolveEvenly(const ConvJob& job, const ConvRun& run,
                              const TileRows<kRows>& tile, const float** rows) {
  const ConvPlan& plan = job.plan;
  const Size y = tile.corners[0].y + run.ky * plan.h.dilation;
  const Size x = tile.corners[0].x + run.kx * plan.w.dilation;
  const Size last_x = tile.corners[kRows - 1].x + run.kx * plan.w.dilation;
  const bool inside = y >= 0 && y < plan.h.in && x >= 0 && last_x + run.taps <= plan.w.in;
  if (!tile.straight || (plan.padded && !inside)) return false;
  const float* first = job.in + (y * plan.w.in + x) * plan.in_channels;
  const Size spacing = plan.w.stride * plan.in_channels;
  for (int r = 0; r < kRows; ++r) rows[r] = first + Smaller(r, tile.count - 1) * spacing;
  return true;
}

template <int kRows>
HWY_INLINE void ResolveRun(const ConvJob& job, const ConvRun& run,
                           const TileRows<kRows>& tile, const float** rows,
                           float*& edge) {
  if (ResolveEvenly<kRows>(job, run, tile, rows)) return;
  for (int r = 0; r < kRows; ++r) {
    rows[r] = Resolve(job, run, tile.corners[r], edge);
  }
}

template <int kRows>
HWY_INLINE Size RunsPerChunk(const ConvPlan& plan) {
  const bool copies = plan.padded && plan.runs->taps > 1;
  if (!copies) return kChunkRuns;
  return Larger(1, Smaller(kChunkRuns, kEdgeFloats / (kRows * plan.longest_run)));
}

template <int kRows, int kPanels>
HWY_NOINLINE void ConvRows(const ConvJob& job, Size row, Size count) {
  const ConvPlan& plan = job.plan;
  TileRows<kRows> positions;
  positions.count = count;
  Place<kRows>(plan, row, positions);
  const float* rows[kChunkRuns * kRows];
  HWY_ALIGN float edges[kEdgeFloats];
  HWY_ALIGN float resting[kRows * kPanels * kPanel];
  TileJob tile{.rows = rows,
               .runs = plan.runs,
               .run_count = RunsPerChunk<kRows>(plan),
               .step = plan.step,
               .weights = job.weights,
               .panel_stride = plan.depth * kPanel,
               .init = job.bias,
               .init_stride = 0,
               .out = resting,
               .out_stride = kPanels * kPanel,
               .row_count = kRows,
               .columns = kPanels * kPanel,
               .clamp = {}};
  const ConvRun* const end = plan.runs + plan.run_count;
  while (true) {
    tile.run_count = Smaller(tile.run_count, end - tile.runs);
    float* edge = edges;
    Size elements = 0;
    for (Size i = 0; i < tile.run_count; ++i) {
      ResolveRun<kRows>(job, tile.runs[i], positions, rows + i * kRows, edge);
      elements += tile.runs[i].elements;
    }
    if (tile.runs + tile.run_count == end) break;
    RunTile<kRows, kPanels>(tile);
    tile.runs += tile.run_count;
    tile.weights += elements * kPanel;
    tile.init = resting;
    tile.init_stride = kPanels * kPanel;
  }
  tile.out = job.out + row * plan.out_channels;
  tile.out_stride = plan.out_channels;
  tile.row_count = count;
  tile.columns = job.columns;
  tile.clamp = plan.clamp;
  RunTile<kRows, kPanels>(tile);
}

template <int kRows, int kPanels>
HWY_INLINE void ConvGroupRows(const ConvJob& job, Size row, Size end) {
  for (; row + kRows <= end; row += kRows) ConvRows<kRows, kPanels>(job, row, kRows);
  if (row >= end) return;
  if constexpr (kRows > 1) {
    constexpr int kHalf = kRows / 2;
    if (end - row <= kHalf) {
      ConvGroupRows<kHalf, kPanels>(job, row, end);
    } else {
      ConvRows<kRows, kPanels>(job, row, end - row);
    }
  }
}

template <int kRows, int kPanels>
HWY_INLINE void ConvPanels(ConvJob& job, Size channels, Size& panel) {
  job.columns = Smaller(channels - panel * kPanel, kPanels * kPanel);
  ConvGroupRows<kRows, kPanels>(job, 0, job.plan.h.out * job.plan.w.out);
  job.weights += kPanels * job.plan.depth * kPanel;
  job.bias += kPanels * kPanel;
  job.out += kPanels * kPanel;
  panel += kPanels;
}

// All accumulators of a tile and one panel group of weights fit the registers: 32 of 16
// lanes, 32 of 4 lanes, or 16 of 8 lanes. A single row takes more panels instead.
void ConvGroup(ConvJob job, Size channels) {
  const Size panels = (channels + kPanel - 1) / kPanel;
  const bool one_row = job.plan.h.out * job.plan.w.out == 1;
  Size panel = 0;
  while (panel < panels) {
    const Size left = panels - panel;
    if constexpr (kPanelVectors == 1) {
      if (one_row && left >= 8) {
        ConvPanels<1, 8>(job, channels, panel);
      } else if (left >= 4) {
        ConvPanels<6, 4>(job, channels, panel);
      } else if (left == 3) {
        ConvPanels<8, 3>(job, channels, panel);
      } else if (left == 2) {
        ConvPanels<12, 2>(job, channels, panel);
      } else {
        ConvPanels<14, 1>(job, channels, panel);
      }
    } else if (one_row && left >= 4) {
      ConvPanels<1, 8 / kPanelVectors>(job, channels, panel);
    } else {
      ConvPanels<6, 1>(job, channels, panel);
    }
  }
}

void Conv(const ConvPlan& plan, const float* in, float* out) {
  if (IsStem(plan, 1)) return Stem<1>(plan, in, out);
  if (IsStem(plan, 2)) return Stem<2>(plan, in, out);
  const Size inputs = plan.in_channels / plan.groups;
  const Size outputs = plan.out_channels / plan.groups;
  const Size panels = (outputs + kPanel - 1) / kPanel;
  for (Size g = 0; g < plan.groups; ++g) {
    ConvGroup({.plan = plan,
               .in = in + g * inputs,
               .weights = plan.weights + g * panels * plan.depth * kPanel,
               .bias = plan.bias + g * panels * kPanel,
               .out = out + g * outputs,
               .columns = outputs},
              outputs);
  }
}

}  // namespace
}  // namespace kinglet
