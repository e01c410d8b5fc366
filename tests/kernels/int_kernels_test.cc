// Vector kernels on integers against the portable ones, which tests/oracle compares with
// TensorFlow Lite's.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <numeric>

#include "kernels/int_conv.h"
#include "kernels/kernels.h"
#include "tests/kernels/kernel_testing.h"

namespace kinglet {
namespace {

using Bytes = std::vector<std::int8_t>;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::int32_t Int(std::int32_t low, std::int32_t high) {
    const auto range = static_cast<std::uint32_t>(std::int64_t{high} - low + 1);
    return static_cast<std::int32_t>(low + static_cast<std::int64_t>(engine_() % range));
  }
  Bytes Values(Size n, std::int32_t low = -128) {
    Bytes values(Count(n));
    for (std::int8_t& v : values) v = static_cast<std::int8_t>(Int(low, 127));
    return values;
  }
  /// Exponents from where all is lost to where all saturates.
  Multiplier Factor(std::int32_t lowest, std::int32_t highest) {
    return {Int(1 << 30, INT32_MAX), Int(lowest, highest)};
  }
  IntOutput Output() {
    const std::int32_t low = Int(0, 3) == 0 ? Int(-128, 0) : -128;
    return {Int(-128, 127), low, Int(0, 3) == 0 ? Int(low, 127) : 127, {}};
  }

 private:
  std::mt19937 engine_;
};

/// Compares what `run(kernels, out)` writes with every instruction set.
template <typename Run>
void ExpectSame(Size n, const std::string& what, const Run& run) {
  constexpr std::int8_t kGuard = 77;
  Bytes expected;
  for (const InstructionSet set : AvailableInstructionSets()) {
    Bytes out(Count(n) + 70, kGuard);
    run(KernelsFor(set), out.data());
    if (set == InstructionSet::kPortable) expected = out;
    for (std::size_t i = 0; i < out.size(); ++i) {
      ASSERT_EQ(static_cast<int>(out[i]), static_cast<int>(expected[i]))
          << what << " on " << NameOf(set) << ", element " << i << " of " << n;
    }
  }
}

Axis RandomAxis(Random& random, Size in, Size kernel, bool may_dilate = true) {
  const Size dilation = may_dilate && random.Int(0, 4) == 0 ? random.Int(2, 3) : 1;
  const Size stride = dilation == 1 ? random.Int(1, 3) : 1;
  const Size span = (kernel - 1) * dilation + 1;
  const bool same = random.Int(0, 1) == 0 || span > in;
  const Size out = same ? (in + stride - 1) / stride : (in - span) / stride + 1;
  const Size total = same ? std::max<Size>((out - 1) * stride + span - in, 0) : 0;
  return {in, out, kernel, stride, dilation, total / 2};
}

struct Linear {
  Bytes weights;
  std::vector<std::int32_t> bias;
  std::vector<Multiplier> multipliers;
  std::vector<double> factors;
};

Linear RandomLinear(Random& random, Size channels, Size depth) {
  Linear linear{random.Values(channels * depth, -127), {}, {}, {}};
  const std::int32_t wide = random.Int(0, 4) == 0 ? 1 << 30 : 1 << 12;
  for (Size c = 0; c < channels; ++c) {
    linear.bias.push_back(random.Int(-wide, wide));
    linear.multipliers.push_back(random.Int(0, 9) == 0 ? random.Factor(-31, 3)
                                                       : random.Factor(-12, -6));
    const Multiplier& m = linear.multipliers.back();
    linear.factors.push_back(std::ldexp(m.value, m.shift - 31));
  }
  return linear;
}

void ExpectConvSame(Random& random, const Axis& h, const Axis& w, Size in_channels,
                    Size out_channels, Size groups) {
  const Size depth = h.kernel * w.kernel * in_channels / groups;
  const Linear linear = RandomLinear(random, out_channels, depth);
  const IntConvPlan<std::int32_t> plan{
      .h = h,
      .w = w,
      .in_channels = in_channels,
      .out_channels = out_channels,
      .groups = groups,
      .in_zero_point = random.Int(-128, 127),
      .weights = linear.weights.data(),
      .bias = linear.bias.data(),
      .multipliers = linear.multipliers.data(),
      .factors = random.Int(0, 3) == 0 ? linear.factors.data() : nullptr,
      .output = random.Output()};
  const PackedInt8Conv conv(plan);
  const Bytes in = random.Values(h.in * w.in * in_channels);
  ExpectSame(h.out * w.out * out_channels,
             fmt::format("conv {}x{} k{}x{} s{}x{} d{}x{} c{}->{} g{}", h.in, w.in,
                         h.kernel, w.kernel, h.stride, w.stride, h.dilation, w.dilation,
                         in_channels, out_channels, groups),
             [&](const KernelTable& kernels, std::int8_t* out) {
               conv.Run(kernels, in.data(), out);
             });
}

TEST(Int8Conv, AnyGeometry) {
  Random random(1);
  for (int i = 0; i < 400; ++i) {
    const Axis h = RandomAxis(random, random.Int(1, 9), random.Int(1, 4));
    const Axis w = RandomAxis(random, random.Int(1, 12), random.Int(1, 4));
    const Size groups = random.Int(0, 3) == 0 ? random.Int(2, 3) : 1;
    ExpectConvSame(random, h, w, groups * random.Int(1, 20), groups * random.Int(1, 70),
                   groups);
  }
}

TEST(Int8Conv, EveryNumberOfPanelsAndRows) {
  Random random(2);
  for (Size outputs = 8; outputs <= 160; outputs += 8) {
    for (Size rows = 1; rows <= 30; rows += 3) {
      const Axis w{.in = rows, .out = rows};
      ExpectConvSame(random, {}, w, 1 + outputs % 13, outputs, 1);
    }
  }
}

TEST(Int8Conv, WholeColumnsOfASingleChannel) {
  Random random(3);
  for (const Size height : {2, 15, 16, 17, 40, 257}) {
    const Axis h{.in = height, .out = 1, .kernel = height};
    for (const Size stride : {1, 2}) {
      const Axis w{.in = 37, .out = (37 + stride - 1) / stride, .stride = stride};
      ExpectConvSame(random, h, w, 1, 33, 1);
    }
  }
}

TEST(Int8Conv, WholeColumnsThatLeaveTheInputBelow) {
  Random random(5);
  ExpectConvSame(random, {.in = 2, .out = 2, .kernel = 2}, {.in = 37, .out = 37}, 1, 33,
                 1);
}

TEST(Int8Conv, SumsBeyondTwentyFourBits) {
  Random random(4);
  ExpectConvSame(random, {.in = 5, .out = 1, .kernel = 5},
                 {.in = 5, .out = 1, .kernel = 5}, 300, 20, 1);
}

TEST(Int8Depthwise, AnyGeometry) {
  Random random(5);
  for (int i = 0; i < 400; ++i) {
    const bool three = random.Int(0, 1) == 0;
    const Axis h = RandomAxis(random, random.Int(1, 9), three ? 3 : random.Int(1, 5));
    const Axis w = RandomAxis(random, random.Int(1, 20), three ? 3 : random.Int(1, 40));
    const Size channels = random.Int(1, 40);
    const Size multiplier = random.Int(0, 4) == 0 ? 3 : 1;
    const Size depth = h.kernel * w.kernel;
    const Linear linear = RandomLinear(random, channels * multiplier, depth);
    const IntDepthwisePlan<std::int32_t> plan{.h = h,
                                              .w = w,
                                              .in_channels = channels,
                                              .multiplier = multiplier,
                                              .in_zero_point = random.Int(-128, 127),
                                              .weights = linear.weights.data(),
                                              .bias = linear.bias.data(),
                                              .multipliers = linear.multipliers.data(),
                                              .output = random.Output()};
    const PackedInt8Depthwise depthwise(plan);
    const Bytes in = random.Values(h.in * w.in * channels);
    ExpectSame(
        h.out * w.out * channels * multiplier,
        fmt::format("depthwise {}x{} c{}*{}", h.kernel, w.kernel, channels, multiplier),
        [&](const KernelTable& kernels, std::int8_t* out) {
          depthwise.Run(kernels, in.data(), out);
        });
  }
}

TEST(Int8Depthwise, LongWindowsAreSummedInParts) {
  Random random(6);
  const Axis w{.in = 2000, .out = 2, .kernel = 1999};
  const Bytes weights(Count(1999 * 3), 127);
  const std::vector<std::int32_t> bias(3, 1);
  const std::vector<Multiplier> multipliers(3, Multiplier{1 << 30, -18});
  const PackedInt8Depthwise depthwise({.h = {},
                                       .w = w,
                                       .in_channels = 3,
                                       .in_zero_point = -128,
                                       .weights = weights.data(),
                                       .bias = bias.data(),
                                       .multipliers = multipliers.data(),
                                       .output = {}});
  const Bytes in = random.Values(2000 * 3, 100);
  ExpectSame(6, "long depthwise", [&](const KernelTable& kernels, std::int8_t* out) {
    depthwise.Run(kernels, in.data(), out);
  });
}

TEST(Int8Binary, EveryOperationAndBroadcast) {
  Random random(7);
  for (int i = 0; i < 600; ++i) {
    const auto op = static_cast<IntBinaryOp>(i % 7);
    const bool is_sum = op != IntBinaryOp::kMul && op != IntBinaryOp::kPRelu;
    const IntBinaryPlan plan{
        .op = op,
        .a_zero_point = random.Int(-128, 127),
        .b_zero_point = random.Int(-128, 127),
        .left_shift = op == IntBinaryOp::kSquaredDifference ? 7 : 20,
        .a = random.Factor(-5, 0),
        .b = random.Factor(-5, 0),
        .result = is_sum ? random.Factor(-25, -10) : random.Factor(-12, 2),
        .output = random.Output()};
    const Size rows = random.Int(1, 4);
    const Size columns = random.Int(1, 70);
    const Bytes a = random.Values(rows * columns);
    const Bytes b = random.Values(rows * columns);
    IntBinaryArgs<std::int8_t> args{.rows = rows,
                                    .columns = columns,
                                    .a = a.data(),
                                    .a_row = random.Int(0, 1) * columns,
                                    .b = b.data(),
                                    .b_row = random.Int(0, 1) * columns};
    if (columns > 1 && random.Int(0, 2) == 0) args.a_column = 0;
    if (args.a_column == 1 && random.Int(0, 2) == 0) args.b_column = 0;
    ExpectSame(rows * columns, fmt::format("operation {}", i % 7),
               [&](const KernelTable& kernels, std::int8_t* out) {
                 args.out = out;
                 kernels.binary_int8(plan, args);
               });
  }
}

TEST(Int8Pool, AnyGeometry) {
  Random random(8);
  for (int i = 0; i < 300; ++i) {
    const Axis h = RandomAxis(random, random.Int(1, 9), random.Int(1, 4), false);
    const Axis w = RandomAxis(random, random.Int(1, 9), random.Int(1, 4), false);
    const IntOutput output = random.Output();
    IntPoolPlan plan{h, w, random.Int(1, 40), output.low, output.high};
    const Bytes in = random.Values(h.in * w.in * plan.channels);
    ExpectSame(h.out * w.out * plan.channels, "pool",
               [&](const KernelTable& kernels, std::int8_t* out) {
                 const auto pool =
                     i % 2 == 0 ? kernels.average_pool_int8 : kernels.max_pool_int8;
                 pool(plan, in.data(), out);
               });
  }
}

TEST(Int8Reduce, AlongAnyAxis) {
  Random random(9);
  for (int i = 0; i < 300; ++i) {
    // Largest and smallest compare integers as they are.
    const bool is_extreme = i % 5 == 2 || i % 5 == 3;
    const IntReducePlan plan{.op = static_cast<IntReduceOp>(i % 5),
                             .in_zero_point = is_extreme ? 0 : random.Int(-128, 127),
                             .multiplier = random.Factor(-8, 0),
                             .factor = 0.1F,
                             .offset = 3.3F,
                             .output = is_extreme ? IntOutput{} : random.Output()};
    IntReduceArgs<std::int8_t> args{.outer = random.Int(1, 4),
                                    .count = random.Int(1, 90),
                                    .inner = random.Int(1, 40)};
    const Bytes in = random.Values(args.outer * args.count * args.inner);
    args.in = in.data();
    ExpectSame(args.outer * args.inner, fmt::format("reduction {}", i % 5),
               [&](const KernelTable& kernels, std::int8_t* out) {
                 args.out = out;
                 kernels.reduce_int8(plan, args);
               });
  }
}

TEST(Int8Map, EveryValueAndLength) {
  Random random(11);
  const Bytes table = random.Values(256);
  for (const Size n : {1, 31, 32, 63, 64, 65, 300}) {
    Bytes in = random.Values(n);
    for (std::size_t i = 0; i < 256 && i < in.size(); ++i) {
      in[i] = static_cast<std::int8_t>(i);
    }
    ExpectSame(n, "map", [&](const KernelTable& kernels, std::int8_t* out) {
      kernels.map_int8(table.data(), n, in.data(), out);
    });
  }
}

TEST(Int8RowSums, AnySize) {
  Random random(12);
  for (const Size n : {1, 7, 8, 15, 16, 17, 40}) {
    for (const Size rows : {0, 1, 5}) {
      const Size stride = n + 3;
      const Bytes in = random.Values(rows * stride);
      std::vector<std::int32_t> expected(Count(n), 100);
      for (Size i = 0; i < rows * stride; ++i) {
        if (i % stride < n) expected[Count(i % stride)] += in[Count(i)];
      }
      for (const InstructionSet set : AvailableInstructionSets()) {
        std::vector<std::int32_t> sums(Count(n), 100);
        KernelsFor(set).add_rows_int8(rows, n, in.data(), stride, sums.data());
        EXPECT_EQ(sums, expected) << NameOf(set) << ", " << rows << " of " << n;
      }
    }
  }
}

TEST(Int8Dots, AnySizeAndCount) {
  Random random(11);
  for (const Size n : {1, 15, 16, 31, 32, 33, 64, 1000, 131'071}) {
    for (const Size count : {1, 3, 4, 5, 9}) {
      // The largest sums, and any.
      for (const std::int32_t lowest : {-128, 127}) {
        const Bytes a = random.Values(n, lowest);
        const Bytes b = random.Values(n * count, lowest);
        std::vector<const std::int8_t*> lines;
        for (Size j = 0; j < count; ++j) lines.push_back(b.data() + j * n);
        std::vector<std::int32_t> expected;
        for (const std::int8_t* line : lines) {
          expected.push_back(std::inner_product(a.begin(), a.end(), line, 0));
        }
        for (const InstructionSet set : AvailableInstructionSets()) {
          std::vector<std::int32_t> got(lines.size());
          KernelsFor(set).dots_int8(n, a.data(), count, lines.data(), got.data());
          EXPECT_EQ(got, expected) << NameOf(set) << ", " << n << " and " << count;
        }
      }
    }
  }
}

TEST(Int8Transpose, AnySize) {
  Random random(10);
  for (const Size rows : {1, 15, 16, 17, 50}) {
    for (const Size columns : {1, 16, 31, 48}) {
      const Bytes in = random.Values(rows * columns);
      ExpectSame(rows * columns, "transpose",
                 [&](const KernelTable& kernels, std::int8_t* out) {
                   kernels.transpose_bytes(rows, columns, in.data(), columns, out, rows);
                 });
    }
  }
}

}  // namespace
}  // namespace kinglet
