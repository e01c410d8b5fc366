// The input is widened to 16 bits once, zeros of the padding included. A kernel row is
// then one run of neighbouring elements (a tap, where taps lie apart or channels are
// grouped), rounded up to pairs; the weight beyond its end is zero. A kernel that is one
// column of a single channel runs along the transposed input instead.
#include "kernels/int_conv.h"

#include <algorithm>

#include "kernels/scratch.h"

namespace kinglet {
namespace {

/// Elements that vectors may touch beyond the last one.
constexpr Size kSlack = 64;

Size RoundedUp(Size n, Size to) { return (n + to - 1) / to * to; }

std::size_t Index(Size i) { return static_cast<std::size_t>(i); }

bool IsColumn(const IntConvPlan<std::int32_t>& plan) {
  const bool leaves_input = plan.h.out > 1 || plan.h.before > 0 || plan.w.before > 0 ||
                            (plan.w.out - 1) * plan.w.stride >= plan.w.in;
  return plan.in_channels == 1 && plan.w.kernel == 1 && plan.h.kernel > 1 &&
         plan.h.kernel == plan.h.in && plan.h.dilation == 1 && !leaves_input;
}

/// Inputs that the windows reach over, before and behind the real ones included.
Size Reach(const Axis& axis) {
  return (axis.out - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
}

WidenPlan WidenedWindows(const Axis& h, const Axis& w, Size in_channels, Size channels,
                         std::int32_t zero_point) {
  return {.rows = Reach(h),
          .columns = Reach(w),
          .channels = channels,
          .in_rows = h.in,
          .in_columns = w.in,
          .in_channels = in_channels,
          .top = h.before,
          .left = std::min(w.before, Reach(w)),
          .zero_point = zero_point};
}

}  // namespace

PackedRescale::PackedRescale(const std::int32_t* bias, const Multiplier* multipliers,
                             const double* factors, Size groups, Size group_channels) {
  const Size group_lanes = RoundedUp(group_channels, kPanel);
  const std::size_t lanes = Index(groups * group_lanes);
  bias_.resize(lanes);
  multipliers_.resize(lanes);
  left_shifts_.resize(lanes);
  right_shifts_.resize(lanes);
  if (factors != nullptr) factors_.resize(lanes);
  for (Size c = 0; c < groups * group_channels; ++c) {
    const std::size_t lane = Index(c / group_channels * group_lanes + c % group_channels);
    bias_[lane] = bias[c];
    multipliers_[lane] = multipliers[c].value;
    left_shifts_[lane] = std::max(multipliers[c].shift, 0);
    right_shifts_[lane] = std::max(-multipliers[c].shift, 0);
    if (factors != nullptr) factors_[lane] = factors[c];
  }
}

RescalePlan PackedRescale::plan() const {
  return {.bias = bias_.data(),
          .multipliers = multipliers_.data(),
          .left_shifts = left_shifts_.data(),
          .right_shifts = right_shifts_.data(),
          .factors = factors_.empty() ? nullptr : factors_.data()};
}

PackedInt8Conv::PackedInt8Conv(const IntConvPlan<std::int32_t>& plan)
    : rescale_(plan.bias, plan.multipliers, plan.factors, plan.groups,
               plan.out_channels / plan.groups) {
  plan_.plain = plan;
  plan_.h = plan.h;
  plan_.w = plan.w;
  Size channels = plan.in_channels;
  if (plan.h.IsPointwise() && plan.w.IsPointwise()) {
    plan_.w.in = plan_.w.out = plan.h.in * plan.w.in;
    plan_.h = {};
  }
  const bool turned = IsColumn(plan);
  if (turned) {
    channels = RoundedUp(plan.h.in, 2);
    plan_.h = {};
    plan_.widen = {.columns = Reach(plan.w),
                   .channels = channels,
                   .in_rows = plan.h.in,
                   .in_columns = plan.w.in,
                   .zero_point = plan.in_zero_point,
                   .turned = true};
  } else {
    plan_.widen =
        WidenedWindows(plan_.h, plan_.w, channels, channels, plan.in_zero_point);
  }
  FindRuns(channels);
  PackWeights();
  plan_.runs = runs_.data();
  plan_.weights = weights_.data();
  plan_.rescale = rescale_.plan();
}

void PackedInt8Conv::FindRuns(Size channels) {
  const Size group_channels = channels / plan_.plain.groups;
  const bool adjoining = plan_.w.dilation == 1 && plan_.plain.groups == 1;
  const Size taps = adjoining ? plan_.w.kernel : 1;
  for (Size ky = 0; ky < plan_.h.kernel; ++ky) {
    for (Size kx = 0; kx < plan_.w.kernel; kx += taps) {
      const Size column = ky * plan_.h.dilation * plan_.widen.columns;
      runs_.push_back((column + kx * plan_.w.dilation) * channels);
    }
  }
  plan_.run_count = std::ssize(runs_);
  plan_.run_pairs = (taps * group_channels + 1) / 2;
}

void PackedInt8Conv::PackWeights() {
  const IntConvPlan<std::int32_t>& plain = plan_.plain;
  const Size depth = plain.h.kernel * plain.w.kernel * plain.in_channels / plain.groups;
  const Size run_length = depth / plan_.run_count;
  const Size group_outputs = plain.out_channels / plain.groups;
  const Size panels = RoundedUp(group_outputs, kPanel) / kPanel;
  const Size pairs = plan_.run_count * plan_.run_pairs;
  weights_.resize(Index(plain.groups * panels * pairs * kPanel * 2));
  for (Size o = 0; o < plain.out_channels; ++o) {
    const Size in_group = o % group_outputs;
    const Size panel = o / group_outputs * panels + in_group / kPanel;
    const std::int8_t* from = plain.weights + o * depth;
    for (Size run = 0; run < plan_.run_count; ++run, from += run_length) {
      const Size first = (panel * pairs + run * plan_.run_pairs) * kPanel;
      std::int16_t* to = weights_.data() + (first + in_group % kPanel) * 2;
      for (Size k = 0; k < run_length; ++k) to[k / 2 * kPanel * 2 + k % 2] = from[k];
    }
  }
}

void PackedInt8Conv::Run(const KernelTable& kernels, const std::int8_t* in,
                         std::int8_t* out) const {
  const WidenPlan& widen = plan_.widen;
  const Size elements = widen.rows * widen.columns * widen.channels + kSlack;
  kernels.conv_int8(plan_, in, out, Scratch<std::int16_t>(elements));
}

PackedInt8Depthwise::PackedInt8Depthwise(const IntDepthwisePlan<std::int32_t>& plan)
    : rescale_(plan.bias, plan.multipliers, nullptr, 1,
               plan.in_channels * plan.multiplier) {
  const Size channels = plan.in_channels * plan.multiplier;
  plan_.plain = plan;
  plan_.widen =
      WidenedWindows(plan.h, plan.w, plan.in_channels, channels, plan.in_zero_point);
  const Size weights = plan.h.kernel * plan.w.kernel * channels;
  weights_.resize(Index(weights + kSlack));
  std::copy(plan.weights, plan.weights + weights, weights_.begin());
  plan_.weights = weights_.data();
  plan_.rescale = rescale_.plan();
  plan_.sums =
      RoundedUp(plan_.widen.rows * plan_.widen.columns * channels + kSlack, kPanel);
}

void PackedInt8Depthwise::Run(const KernelTable& kernels, const std::int8_t* in,
                              std::int8_t* out) const {
  const Size sums = plan_.plain.w.out * RoundedUp(plan_.widen.channels, kPanel);
  kernels.depthwise_int8(plan_, in, out, Scratch<float>(plan_.sums + sums));
}

}  // namespace kinglet
