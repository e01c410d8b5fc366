#include "kernels/conv.h"

#include <fmt/core.h>

#include "tests/kernels/kernel_testing.h"

namespace kinglet {
namespace {

/// Output size and padding as TensorFlow defines SAME and VALID.
Axis AxisOf(Size in, Size kernel, Size stride, Size dilation, bool same) {
  const Size span = (kernel - 1) * dilation + 1;
  const Size out = same ? (in + stride - 1) / stride : (in - span) / stride + 1;
  const Size total = same ? std::max<Size>((out - 1) * stride + span - in, 0) : 0;
  return {in, out, kernel, stride, dilation, total / 2};
}

std::string Describe(const ConvShape& shape) {
  const auto axis = [](const Axis& a) {
    return fmt::format("{}->{} k{} s{} d{} p{}", a.in, a.out, a.kernel, a.stride,
                       a.dilation, a.before);
  };
  return fmt::format("h {} w {} c {}->{} groups {}", axis(shape.h), axis(shape.w),
                     shape.in_channels, shape.out_channels, shape.groups);
}

struct Sum {
  double value = 0;
  double magnitude = 0;  ///< of the terms: what rounding errors are relative to
};

Sum ExactOutput(const ConvShape& shape, const FloatVector& in, const FloatVector& weights,
                float bias, Size oy, Size ox, Size o) {
  Sum sum{bias, std::fabs(bias)};
  const Size inputs = shape.in_channels / shape.groups;
  const Size group = o / (shape.out_channels / shape.groups);
  for (Size ky = 0; ky < shape.h.kernel; ++ky) {
    for (Size kx = 0; kx < shape.w.kernel; ++kx) {
      const Size y = oy * shape.h.stride + ky * shape.h.dilation - shape.h.before;
      const Size x = ox * shape.w.stride + kx * shape.w.dilation - shape.w.before;
      if (y < 0 || y >= shape.h.in || x < 0 || x >= shape.w.in) continue;
      for (Size c = 0; c < inputs; ++c) {
        const Size tap = (o * shape.h.kernel + ky) * shape.w.kernel + kx;
        const double product =
            static_cast<double>(weights[Count(tap * inputs + c)]) *
            in[Count((y * shape.w.in + x) * shape.in_channels + group * inputs + c)];
        sum.value += product;
        sum.magnitude += std::fabs(product);
      }
    }
  }
  return sum;
}

// A chain of n roundings errs by at most n half units of its largest partial sum, which
// the sum of the magnitudes bounds.
void ExpectNearExact(const ConvShape& shape, const FloatVector& in,
                     const FloatVector& weights, const FloatVector& bias, Clamp clamp,
                     const FloatVector& actual) {
  const auto terms = static_cast<double>(weights.size() / bias.size() + 1);
  std::size_t i = 0;
  for (Size oy = 0; oy < shape.h.out; ++oy) {
    for (Size ox = 0; ox < shape.w.out; ++ox) {
      for (Size o = 0; o < shape.out_channels; ++o, ++i) {
        const Sum exact = ExactOutput(shape, in, weights, bias[Count(o)], oy, ox, o);
        const double clamped =
            std::min<double>(std::max<double>(exact.value, clamp.low), clamp.high);
        ASSERT_NEAR(actual[i], clamped, terms * kHalfUlp * exact.magnitude)
            << Describe(shape) << " at " << oy << ',' << ox << ',' << o;
      }
    }
  }
}

void ExpectRight(const ConvShape& shape, Clamp clamp = {}) {
  const Size inputs = shape.in_channels / shape.groups;
  const Size depth = shape.h.kernel * shape.w.kernel * inputs;
  const FloatVector in = RandomFloats(shape.h.in * shape.w.in * shape.in_channels, 1);
  const FloatVector weights = RandomFloats(shape.out_channels * depth, 2);
  const FloatVector bias = RandomFloats(shape.out_channels, 3);
  const PackedConv conv(shape, weights, bias, clamp);
  const FloatVector out = OnEverySet(
      shape.h.out * shape.w.out * shape.out_channels, Describe(shape),
      [&](const KernelTable& kernels, float* to) { conv.Run(kernels, in.data(), to); });
  ExpectNearExact(shape, in, weights, bias, clamp, out);
}

ConvShape Square(Size in, Size kernel, Size channels, Size outputs, Size stride,
                 Size dilation, bool same) {
  return {.h = AxisOf(in, kernel, stride, dilation, same),
          .w = AxisOf(in + 3, kernel, stride, dilation, same),
          .in_channels = channels,
          .out_channels = outputs};
}

TEST(Conv, EveryKernelSizeStrideAndPadding) {
  for (const Size kernel : {1, 2, 3, 5}) {
    for (const Size stride : {1, 2, 3}) {
      for (const bool same : {true, false}) {
        ExpectRight(Square(7, kernel, 5, 17, stride, 1, same));
        ExpectRight(Square(7, kernel, 18, 9, stride, 1, same));
      }
    }
  }
}

TEST(Conv, EveryNumberOfOutputChannelsFromOneToNinePanels) {
  for (const Size outputs :
       {1, 3, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 100, 144}) {
    ExpectRight(Square(4, 1, 6, outputs, 1, 1, false));
  }
}

TEST(Conv, EveryNumberOfRowsOfATile) {
  for (const Size outputs : {16, 32, 48, 64}) {
    for (Size rows = 1; rows <= 30; ++rows) {
      ExpectRight({.h = AxisOf(rows, 1, 1, 1, false),
                   .w = {},
                   .in_channels = 3,
                   .out_channels = outputs});
    }
  }
}

TEST(Conv, DilatedTapsAreReadApart) {
  ExpectRight(Square(9, 3, 4, 20, 1, 2, true));
  ExpectRight(Square(9, 3, 20, 20, 1, 3, true));
  ExpectRight(Square(9, 2, 4, 8, 2, 2, false));
}

TEST(Conv, GroupsReadTheirOwnChannels) {
  for (const Size groups : {2, 3, 6}) {
    ConvShape shape = Square(6, 3, 12, 24, 1, 1, true);
    shape.groups = groups;
    ExpectRight(shape);
  }
}

TEST(Conv, ClampsTheResult) {
  ExpectRight(Square(6, 3, 8, 19, 1, 1, true), {.low = 0.0F, .high = 0.7F});
}

TEST(Conv, SingleChannelStem) {
  for (const Size stride : {1, 2, 3}) {
    for (const bool same : {true, false}) {
      for (const Size outputs : {1, 8, 16, 20, 35}) {
        for (Size width = 3; width < 40; width += 3) {
          ExpectRight({.h = AxisOf(6, 3, 1, 1, same),
                       .w = AxisOf(width, 3, stride, 1, same),
                       .in_channels = 1,
                       .out_channels = outputs},
                      {.low = -1.0F, .high = 1.5F});
        }
      }
    }
  }
}

TEST(Conv, WholeColumnOfASingleChannel) {
  ExpectRight({.h = AxisOf(257, 257, 1, 1, false),
               .w = AxisOf(20, 1, 1, 1, false),
               .in_channels = 1,
               .out_channels = 64});
  ExpectRight({.h = AxisOf(20, 5, 2, 3, false),
               .w = AxisOf(20, 1, 2, 1, false),
               .in_channels = 1,
               .out_channels = 3});
  ExpectRight({.h = AxisOf(20, 5, 1, 1, true),
               .w = AxisOf(20, 1, 1, 1, true),
               .in_channels = 1,
               .out_channels = 3});
}

TEST(Conv, LongOneDimensionalKernelsOfSound) {
  for (const bool same : {true, false}) {
    ExpectRight({.h = {},
                 .w = AxisOf(3000, 700, 160, 1, same),
                 .in_channels = 1,
                 .out_channels = 20});
    ExpectRight({.h = AxisOf(3000, 700, 160, 1, same),
                 .w = {},
                 .in_channels = 1,
                 .out_channels = 20});
    ExpectRight(
        {.h = AxisOf(90, 9, 2, 1, same), .w = {}, .in_channels = 70, .out_channels = 33});
  }
}

TEST(Conv, ManyChannelsAndTaps) { ExpectRight(Square(6, 5, 600, 20, 1, 1, true)); }

TEST(Conv, DenseLayers) {
  for (const Size outputs : {1, 7, 100, 130, 300}) {
    const FloatVector in = RandomFloats(3 * 257, 4);
    const FloatVector weights = RandomFloats(outputs * 257, 5);
    const FloatVector bias = RandomFloats(outputs, 6);
    for (const Size rows : {1, 3}) {
      const PackedConv dense = PackDense(rows, 257, outputs, weights, bias, {});
      const FloatVector out =
          OnEverySet(rows * outputs, "dense", [&](const KernelTable& kernels, float* to) {
            dense.Run(kernels, in.data(), to);
          });
      const ConvShape shape{.h = {},
                            .w = {.in = rows, .out = rows},
                            .in_channels = 257,
                            .out_channels = outputs};
      ExpectNearExact(shape, in, weights, bias, {}, out);
    }
  }
}

TEST(Conv, ABiasAloneComesOutUnchanged) {
  const FloatVector in(5, 0.0F);
  const FloatVector weights(15, 1.0F);
  const FloatVector bias = {0.1F, -2.0F, 3e-40F};
  const PackedConv dense = PackDense(1, 5, 3, weights, bias, {});
  ExpectSameBits(OnEverySet(3, "bias",
                            [&](const KernelTable& kernels, float* to) {
                              dense.Run(kernels, in.data(), to);
                            }),
                 bias, "bias");
}

}  // namespace
}  // namespace kinglet
