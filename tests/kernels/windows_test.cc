// Depthwise convolutions and pools of all instruction sets.
#include <fmt/core.h>

#include <algorithm>

#include "tests/kernels/kernel_testing.h"

namespace kinglet {
namespace {

struct Window {
  Size kernel;
  Size stride;
  Size dilation;
  bool same;
};

Axis AxisOf(Size in, const Window& window) {
  const Size span = (window.kernel - 1) * window.dilation + 1;
  const Size out = window.same ? (in + window.stride - 1) / window.stride
                               : (in - span) / window.stride + 1;
  const Size needed = (out - 1) * window.stride + span - in;
  const Size before = window.same ? std::max<Size>(needed, 0) / 2 : 0;
  return {in, out, window.kernel, window.stride, window.dilation, before};
}

/// The cells of a window that lie in the input: body(cell, tap).
template <typename Body>
void ForCells(const Axis& h, const Axis& w, Size oy, Size ox, const Body& body) {
  for (Size ky = 0; ky < h.kernel; ++ky) {
    for (Size kx = 0; kx < w.kernel; ++kx) {
      const Size y = oy * h.stride + ky * h.dilation - h.before;
      const Size x = ox * w.stride + kx * w.dilation - w.before;
      if (y >= 0 && y < h.in && x >= 0 && x < w.in) {
        body(y * w.in + x, ky * w.kernel + kx);
      }
    }
  }
}

std::string Describe(const Axis& h, const Axis& w, Size channels) {
  return fmt::format("{}x{}x{} kernel {}x{} stride {} dilation {}", h.in, w.in, channels,
                     h.kernel, w.kernel, w.stride, w.dilation);
}

void ExpectDepthwiseRight(Size height, Size width, Size channels, const Window& window,
                          Size multiplier = 1, Clamp clamp = {}) {
  const Axis h = AxisOf(height, window);
  const Axis w = AxisOf(width, window);
  const Size outputs = channels * multiplier;
  const FloatVector in = RandomFloats(height * width * channels, 1);
  const FloatVector weights = RandomFloats(h.kernel * w.kernel * outputs, 2);
  const FloatVector bias = RandomFloats(outputs, 3);
  const DepthwisePlan plan{.h = h,
                           .w = w,
                           .in_channels = channels,
                           .multiplier = multiplier,
                           .weights = weights.data(),
                           .bias = bias.data(),
                           .clamp = clamp};
  const std::string what = Describe(h, w, channels);
  const FloatVector out = OnEverySet(h.out * w.out * outputs, what,
                                     [&](const KernelTable& kernels, float* to) {
                                       kernels.depthwise(plan, in.data(), to);
                                     });
  for (Size i = 0; i < h.out * w.out * outputs; ++i) {
    const Size o = i % outputs;
    double sum = bias[Count(o)];
    double magnitude = std::fabs(sum);
    ForCells(h, w, i / outputs / w.out, i / outputs % w.out, [&](Size cell, Size tap) {
      const double product =
          static_cast<double>(in[Count(cell * channels + o / multiplier)]) *
          weights[Count(tap * outputs + o)];
      sum += product;
      magnitude += std::fabs(product);
    });
    const double exact = std::min<double>(std::max<double>(sum, clamp.low), clamp.high);
    const auto terms = static_cast<double>(h.kernel * w.kernel + 1);
    ASSERT_NEAR(out[Count(i)], exact, terms * kHalfUlp * magnitude)
        << what << " at " << i;
  }
}

TEST(Depthwise, ThreeByThreeAtEveryWidth) {
  for (const Size stride : {1, 2, 3}) {
    for (const bool same : {true, false}) {
      for (Size width = 3; width < 24; ++width) {
        ExpectDepthwiseRight(5, width, 19, {3, stride, 1, same});
      }
    }
  }
}

TEST(Depthwise, EveryNumberOfChannels) {
  for (Size channels = 1; channels <= 34; ++channels) {
    ExpectDepthwiseRight(6, 13, channels, {3, 1, 1, true});
    ExpectDepthwiseRight(6, 13, channels, {3, 2, 1, true});
    ExpectDepthwiseRight(6, 13, channels, {1, 1, 1, true});
  }
}

TEST(Depthwise, AnInputLowerThanTheKernel) {
  ExpectDepthwiseRight(1, 9, 16, {3, 1, 1, true});
  ExpectDepthwiseRight(2, 2, 16, {3, 1, 1, true});
  ExpectDepthwiseRight(1, 1, 5, {5, 1, 1, true});
}

TEST(Depthwise, OtherKernelsStridesAndDilations) {
  for (const Size kernel : {1, 2, 4, 5, 7}) {
    for (const Size stride : {1, 2}) {
      ExpectDepthwiseRight(9, 11, 21, {kernel, stride, 1, true});
      ExpectDepthwiseRight(9, 11, 21, {kernel, stride, 1, false});
    }
  }
  ExpectDepthwiseRight(9, 11, 21, {3, 1, 2, true});
  ExpectDepthwiseRight(9, 11, 21, {3, 1, 4, false});
}

TEST(Depthwise, SeveralOutputsOfAChannel) {
  for (const Size multiplier : {2, 3, 8, 17}) {
    ExpectDepthwiseRight(5, 6, 3, {3, 1, 1, true}, multiplier);
    ExpectDepthwiseRight(5, 6, 1, {3, 2, 1, false}, multiplier);
  }
}

TEST(Depthwise, ClampsTheResult) {
  ExpectDepthwiseRight(6, 13, 18, {3, 1, 1, true}, 1, {.low = -0.2F, .high = 0.4F});
  ExpectDepthwiseRight(6, 13, 18, {1, 1, 1, true}, 1, {.low = -0.2F, .high = 0.4F});
}

void ExpectPoolsRight(Size height, Size width, Size channels, const Window& window,
                      Clamp clamp) {
  const PoolPlan plan{AxisOf(height, window), AxisOf(width, window), channels, clamp};
  const FloatVector in = RandomFloats(height * width * channels, 7);
  const Size n = plan.h.out * plan.w.out * channels;
  const std::string what = Describe(plan.h, plan.w, channels);
  const FloatVector means =
      OnEverySet(n, what, [&](const KernelTable& kernels, float* to) {
        kernels.average_pool(plan, in.data(), to);
      });
  const FloatVector largest =
      OnEverySet(n, what, [&](const KernelTable& kernels, float* to) {
        kernels.max_pool(plan, in.data(), to);
      });
  for (Size i = 0; i < n; ++i) {
    const Size position = i / channels;
    double sum = 0;
    double cells = 0;
    double max = -INFINITY;
    ForCells(plan.h, plan.w, position / plan.w.out, position % plan.w.out,
             [&](Size cell, Size /*tap*/) {
               const double x = in[Count(cell * channels + i % channels)];
               sum += x;
               cells += 1;
               max = std::max(max, x);
             });
    const auto clamped = [&](double x) {
      return std::min<double>(std::max<double>(x, clamp.low), clamp.high);
    };
    // Each addition of numbers below 1 errs by half a unit of a sum below `cells`.
    ASSERT_NEAR(means[Count(i)], clamped(sum / cells), (cells + 1) * kHalfUlp) << what;
    ASSERT_EQ(largest[Count(i)], clamped(max)) << what;
  }
}

TEST(Pools, EveryWindowAndPadding) {
  for (const Size kernel : {1, 2, 3, 5}) {
    for (const Size stride : {1, 2, 3}) {
      for (const bool same : {true, false}) {
        ExpectPoolsRight(7, 9, 18, {kernel, stride, 1, same}, {});
        ExpectPoolsRight(6, 5, 3, {kernel, stride, 1, same}, {});
      }
    }
  }
}

TEST(Pools, ClampTheResult) {
  ExpectPoolsRight(7, 9, 18, {2, 2, 1, true}, {.low = 0.0F, .high = 0.1F});
}

}  // namespace
}  // namespace kinglet
