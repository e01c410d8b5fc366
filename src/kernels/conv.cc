// A window is cut into runs of floats that lie evenly spaced in the input:
//   many channels      one run per tap
//   few channels       one run per kernel row (its taps adjoin), at most kLongestRun
//   one channel, kw 1  one run for the whole kernel column, if no window leaves the input
// Their order and that of the packed weights is always (ky, kx, channel), so that the cut
// doesn't change the sum.
#include "kernels/conv.h"

#include <algorithm>

#include "base/check.h"

namespace kinglet {
namespace {

constexpr Size kFewChannels = 16;
constexpr Size kLongestRun = 512;

bool LeavesInput(const Axis& axis) {
  const Size last = (axis.out - 1) * axis.stride + (axis.kernel - 1) * axis.dilation;
  return axis.before > 0 || last - axis.before >= axis.in;
}

// [n][1][c] is [1][n][c], and a 1x1 convolution doesn't see rows at all.
ConvShape Flattened(ConvShape shape) {
  if (shape.w.in == 1 && shape.w.kernel == 1 && shape.w.out == 1) {
    std::swap(shape.h, shape.w);
  }
  if (shape.h.IsPointwise() && shape.w.IsPointwise()) {
    shape.w.in = shape.w.out = shape.h.in * shape.w.in;
    shape.h = {};
  }
  return shape;
}

std::vector<ConvRun> ColumnRun(const ConvPlan& plan) {
  return {{.ky = 0, .kx = 0, .taps = 1, .elements = plan.h.kernel}};
}

std::vector<ConvRun> RowRuns(const ConvPlan& plan, Size channels) {
  const bool adjoining = plan.w.dilation == 1 && plan.groups == 1;
  const bool few = channels < kFewChannels && adjoining;
  const Size longest = few ? std::max<Size>(kLongestRun / channels, 1) : 1;
  std::vector<ConvRun> runs;
  for (Size ky = 0; ky < plan.h.kernel; ++ky) {
    for (Size kx = 0; kx < plan.w.kernel; kx += longest) {
      const Size taps = std::min(longest, plan.w.kernel - kx);
      runs.push_back({.ky = ky, .kx = kx, .taps = taps, .elements = taps * channels});
    }
  }
  return runs;
}

}  // namespace

PackedConv::PackedConv(const ConvShape& shape, std::span<const float> weights,
                       std::span<const float> bias, Clamp clamp) {
  const ConvShape flat = Flattened(shape);
  const Size channels = flat.in_channels / flat.groups;
  plan_ = {.h = flat.h,
           .w = flat.w,
           .in_channels = flat.in_channels,
           .out_channels = flat.out_channels,
           .groups = flat.groups,
           .depth = flat.h.kernel * flat.w.kernel * channels,
           .padded = LeavesInput(flat.h) || LeavesInput(flat.w),
           .clamp = clamp};
  const bool column = plan_.in_channels == 1 && plan_.w.kernel == 1 && !plan_.padded;
  if (column) plan_.step = plan_.h.dilation * plan_.w.in;
  runs_ = column ? ColumnRun(plan_) : RowRuns(plan_, channels);
  for (const ConvRun& run : runs_) {
    plan_.longest_run = std::max(plan_.longest_run, run.elements);
  }
  zeros_.resize(static_cast<std::size_t>(plan_.longest_run));
  PackWeights(weights, bias);
  plan_.runs = runs_.data();
  plan_.run_count = std::ssize(runs_);
  plan_.weights = weights_.data();
  plan_.bias = bias_.data();
  plan_.zeros = zeros_.data();
}

void PackedConv::PackWeights(std::span<const float> weights,
                             std::span<const float> bias) {
  Check(std::ssize(weights) == plan_.out_channels * plan_.depth, "size of the weights");
  Check(std::ssize(bias) == plan_.out_channels, "size of the bias");
  const Size group_outputs = plan_.out_channels / plan_.groups;
  const Size panels = (group_outputs + kPanel - 1) / kPanel;
  const Size all_panels = plan_.groups * panels;
  weights_.resize(static_cast<std::size_t>(all_panels * plan_.depth * kPanel));
  bias_.resize(static_cast<std::size_t>(all_panels * kPanel));
  for (Size o = 0; o < plan_.out_channels; ++o) {
    const Size in_group = o % group_outputs;
    const Size panel = o / group_outputs * panels + in_group / kPanel;
    const Size lane = in_group % kPanel;
    bias_[static_cast<std::size_t>(panel * kPanel + lane)] =
        bias[static_cast<std::size_t>(o)];
    for (Size k = 0; k < plan_.depth; ++k) {
      weights_[static_cast<std::size_t>((panel * plan_.depth + k) * kPanel + lane)] =
          weights[static_cast<std::size_t>(o * plan_.depth + k)];
    }
  }
}

PackedConv PackDense(Size rows, Size inputs, Size outputs, std::span<const float> weights,
                     std::span<const float> bias, Clamp clamp) {
  const ConvShape shape{.h = {},
                        .w = {.in = rows, .out = rows},
                        .in_channels = inputs,
                        .out_channels = outputs};
  return {shape, weights, bias, clamp};
}

}  // namespace kinglet
