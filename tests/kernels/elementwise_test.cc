// Arithmetic, clamps, softmax, reductions, extremes, transposition and conversion of all
// instruction sets.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/kernels/kernel_testing.h"

namespace kinglet {
namespace {

using ::testing::ElementsAre;

double Exact(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::kAdd:
      return a + b;
    case BinaryOp::kSub:
      return a - b;
    case BinaryOp::kMul:
      return a * b;
    case BinaryOp::kDiv:
      return a / b;
    case BinaryOp::kMaximum:
      return std::max(a, b);
    case BinaryOp::kFloorDiv:
      return std::floor(a / b);
    case BinaryOp::kPRelu:
      return a >= 0 ? a : a * b;
    case BinaryOp::kSquaredDifference:
      return (a - b) * (a - b);
    case BinaryOp::kMinimum:
      return std::min(a, b);
  }
  return 0;
}

constexpr BinaryOp kBinaryOps[] = {
    BinaryOp::kAdd,      BinaryOp::kSub,     BinaryOp::kMul,
    BinaryOp::kDiv,      BinaryOp::kMaximum, BinaryOp::kMinimum,
    BinaryOp::kFloorDiv, BinaryOp::kPRelu,   BinaryOp::kSquaredDifference};

/// One rounding of one operation; a difference's counts twice in its square.
void ExpectBinaryRight(const BinaryArgs& args) {
  const Size n = args.rows * args.columns;
  for (const BinaryOp op : kBinaryOps) {
    const double roundings = op == BinaryOp::kSquaredDifference ? 3 : 1;
    const FloatVector out =
        OnEverySet(n, "binary", [&](const KernelTable& kernels, float* to) {
          BinaryArgs run = args;
          run.out = to;
          kernels.binary(op, run);
        });
    for (Size i = 0; i < n; ++i) {
      const Size r = i / args.columns;
      const Size c = i % args.columns;
      const double a = args.a[r * args.a_row + c * args.a_column];
      const double b = args.b[r * args.b_row + c * args.b_column];
      const double exact = std::min<double>(
          std::max<double>(Exact(op, a, b), args.clamp.low), args.clamp.high);
      ASSERT_NEAR(out[Count(i)], exact, roundings * std::fabs(exact) * kHalfUlp);
    }
  }
}

TEST(Binary, EveryBroadcastOfAMatrix) {
  const FloatVector a = RandomFloats(7 * 37, 1);
  const FloatVector b = RandomFloats(7 * 37, 2);
  for (const Size a_row : {0, 37}) {
    for (const Size b_row : {0, 37}) {
      for (const bool a_stays : {false, true}) {
        for (const bool b_stays : {false, true}) {
          if (a_stays && b_stays) continue;
          BinaryArgs args;
          args.rows = 7;
          args.columns = 37;
          args.a = a.data();
          args.a_row = a_row;
          args.a_column = a_stays ? 0 : 1;
          args.b = b.data();
          args.b_row = b_row;
          args.b_column = b_stays ? 0 : 1;
          ExpectBinaryRight(args);
          args.clamp = {.low = 0.0F, .high = 0.5F};
          ExpectBinaryRight(args);
        }
      }
    }
  }
}

TEST(Binary, EveryLengthIncludingTheTail) {
  const FloatVector a = RandomFloats(70, 3);
  const FloatVector b = RandomFloats(70, 4);
  for (Size n = 1; n <= 70; ++n) {
    ExpectBinaryRight({.columns = n, .a = a.data(), .b = b.data(), .clamp = {}});
  }
}

TEST(Binary, SpecialValuesAreTheSameEverywhere) {
  const FloatVector values = AwkwardFloats();
  const Size n = std::ssize(values);
  for (const BinaryOp op : kBinaryOps) {
    for (const Clamp clamp : {Clamp{}, Clamp{0.0F, 6.0F}}) {
      for (const float other : values) {
        const BinaryArgs args{
            .columns = n, .a = values.data(), .b = &other, .b_column = 0, .clamp = clamp};
        OnEverySet(n, "special", [&](const KernelTable& kernels, float* to) {
          BinaryArgs run = args;
          run.out = to;
          kernels.binary(op, run);
        });
      }
    }
  }
}

TEST(Clamp, KeepsNanAndBounds) {
  const FloatVector in = {-1.0F, 0.5F, 7.0F, NAN};
  const FloatVector out =
      OnEverySet(4, "clamp", [&](const KernelTable& kernels, float* to) {
        kernels.clamp({0.0F, 6.0F}, 4, in.data(), to);
      });
  EXPECT_THAT(out, ElementsAre(0.0F, 0.5F, 6.0F, ::testing::IsNan()));
}

TEST(LeakyRelu, ScalesOnlyTheNegativeHalf) {
  const FloatVector in = {-4.0F, -0.0F, 0.0F, 3.0F, -1.0F};
  const FloatVector out =
      OnEverySet(5, "leaky", [&](const KernelTable& kernels, float* to) {
        kernels.leaky_relu(0.5F, 5, in.data(), to);
      });
  EXPECT_THAT(out, ElementsAre(-2.0F, 0.0F, 0.0F, 3.0F, -0.5F));
}

// exp within 2 units, n additions of half a unit, the argument's rounding and a division.
TEST(Softmax, IsTheNormalizedExponential) {
  for (const Size columns : {1, 2, 15, 16, 33, 100}) {
    const Size rows = 5;
    FloatVector in = RandomFloats(rows * columns, 5);
    for (float& x : in) x *= 10.0F;
    const FloatVector out =
        OnEverySet(rows * columns, "softmax", [&](const KernelTable& kernels, float* to) {
          kernels.softmax(0.7F, rows, columns, in.data(), to);
        });
    for (Size r = 0; r < rows; ++r) {
      double sum = 0;
      for (Size c = 0; c < columns; ++c)
        sum += std::exp(0.7F * in[Count(r * columns + c)]);
      for (Size c = 0; c < columns; ++c) {
        const double exact = std::exp(0.7F * in[Count(r * columns + c)]) / sum;
        const double tolerance = (30 + static_cast<double>(columns)) * kHalfUlp * exact;
        ASSERT_NEAR(out[Count(r * columns + c)], exact, tolerance);
      }
    }
  }
}

void ExpectReduceRight(Size outer, Size count, Size inner) {
  const FloatVector in = RandomFloats(outer * count * inner, 6);
  const auto run = [&](ReduceOp op) {
    return OnEverySet(outer * inner, "reduce",
                      [&](const KernelTable& kernels, float* to) {
                        kernels.reduce(op, {outer, count, inner, in.data(), to});
                      });
  };
  const FloatVector sums = run(ReduceOp::kSum);
  const FloatVector means = run(ReduceOp::kMean);
  const FloatVector largest = run(ReduceOp::kMax);
  const FloatVector smallest = run(ReduceOp::kMin);
  const FloatVector products = run(ReduceOp::kProduct);
  for (Size i = 0; i < outer * inner; ++i) {
    double sum = 0;
    double magnitude = 0;
    double product = 1;
    float max = -INFINITY;
    float min = INFINITY;
    for (Size k = 0; k < count; ++k) {
      const float x = in[Count((i / inner * count + k) * inner + i % inner)];
      sum += x;
      magnitude += std::fabs(x);
      product *= x;
      max = std::max(max, x);
      min = std::min(min, x);
    }
    const auto n = static_cast<double>(count);
    ASSERT_NEAR(sums[Count(i)], sum, n * kHalfUlp * magnitude);
    ASSERT_NEAR(means[Count(i)], sum / n, (n + 1) * kHalfUlp * magnitude / n);
    ASSERT_EQ(largest[Count(i)], max);
    ASSERT_EQ(smallest[Count(i)], min);
    ASSERT_NEAR(products[Count(i)], product, n * kHalfUlp * std::fabs(product) + 1e-44);
  }
}

TEST(Reduce, MiddleAndLastAxes) {
  ExpectReduceRight(1, 32, 256);
  ExpectReduceRight(3, 7, 19);
  ExpectReduceRight(21, 50, 1);
  ExpectReduceRight(8, 1, 1);
  ExpectReduceRight(2, 5, 33);
}

TEST(Reduce, TheLargestOfZerosIsPlusZero) {
  const FloatVector in(40, -0.0F);
  for (const Size inner : {1, 4}) {
    const FloatVector out =
        OnEverySet(inner, "max", [&](const KernelTable& kernels, float* to) {
          kernels.reduce(ReduceOp::kMax, {1, 40 / inner, inner, in.data(), to});
        });
    EXPECT_FALSE(std::signbit(out[0]));
  }
}

TEST(Transpose, EverySizeOfBlock) {
  for (const Size rows : {1, 2, 3, 4, 5, 15, 16, 17, 33}) {
    for (const Size columns : {1, 3, 4, 7, 16, 20, 35}) {
      const FloatVector in = RandomFloats(rows * (columns + 2), 7);
      const FloatVector out = OnEverySet(
          rows * columns, "transpose", [&](const KernelTable& kernels, float* to) {
            kernels.transpose(rows, columns, in.data(), columns + 2, to, rows);
          });
      for (Size i = 0; i < rows * columns; ++i) {
        ASSERT_EQ(out[Count(i)], in[Count(i % rows * (columns + 2) + i / rows)]);
      }
    }
  }
}

TEST(Extremes, FindsEachPositionOfTheSmallestAndLargest) {
  for (const InstructionSet set : AvailableInstructionSets()) {
    for (Size n = 1; n <= 150; ++n) {
      for (Size at = 0; at < n; ++at) {
        FloatVector in(Count(n), 0.25F);
        in[Count(at)] = -3.0F;
        in[Count((at + 1) % n)] = 4.0F;
        const Extremes found = KernelsFor(set).extremes(n, in.data());
        ASSERT_EQ(found.min, n == 1 ? 4.0F : -3.0F) << NameOf(set) << n << ' ' << at;
        ASSERT_EQ(found.max, 4.0F);
        ASSERT_FALSE(found.has_nan);
      }
    }
  }
}

TEST(Extremes, NoticesNanAnywhereAndLeavesItOut) {
  for (const InstructionSet set : AvailableInstructionSets()) {
    for (Size at = 0; at < 150; ++at) {
      FloatVector in(150, -0.0F);
      in[Count(at)] = NAN;
      const Extremes found = KernelsFor(set).extremes(150, in.data());
      EXPECT_TRUE(found.has_nan) << NameOf(set) << at;
      EXPECT_FALSE(std::signbit(found.min) || std::signbit(found.max));
      EXPECT_EQ(found.min, 0.0F);
      EXPECT_EQ(found.max, 0.0F);
    }
  }
}

template <typename T, typename Quantizer>
void ExpectQuantizedRight(const Quantizer& quantizer, Scale scale) {
  FloatVector in = RandomFloats(10001, 8);
  for (float& x : in) x *= 200.0F;
  for (int i = -300; i < 300; ++i) {
    in.push_back((static_cast<float>(i) + 0.5F) * scale.scale);
  }
  for (const float x : AwkwardFloats()) in.push_back(x);
  const auto n = std::ssize(in);
  for (const InstructionSet set : AvailableInstructionSets()) {
    std::vector<T> out(in.size());
    quantizer(KernelsFor(set), n, in.data(), out.data());
    for (std::size_t i = 0; i < in.size(); ++i) {
      const float ratio = std::isnan(in[i]) ? 0.0F : in[i] / scale.scale;
      const double q = std::round(static_cast<double>(ratio)) + scale.zero_point;
      const auto exact = static_cast<T>(std::clamp<double>(
          q, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
      ASSERT_EQ(out[i], exact) << NameOf(set) << ' ' << in[i];
    }
  }
}

TEST(Quantize, RoundsHalvesAwayFromZeroAndSaturates) {
  for (const Scale scale : {Scale{1.0F, 0}, Scale{0.7F, -128}, Scale{0.013F, 5}}) {
    ExpectQuantizedRight<std::int8_t>(
        [&](const KernelTable& kernels, Size n, const float* in, std::int8_t* out) {
          kernels.quantize_int8(scale, n, in, out);
        },
        scale);
    ExpectQuantizedRight<std::int16_t>(
        [&](const KernelTable& kernels, Size n, const float* in, std::int16_t* out) {
          kernels.quantize_int16(scale, n, in, out);
        },
        scale);
  }
}

TEST(Dequantize, IsTheProductRoundedOnce) {
  std::vector<std::int8_t> bytes;
  for (int q = -128; q < 128; ++q) bytes.push_back(static_cast<std::int8_t>(q));
  std::vector<std::int16_t> shorts;
  for (int q = -32768; q < 32768; q += 7) shorts.push_back(static_cast<std::int16_t>(q));
  const Scale scale{0.0123456F, -77};
  const auto exact = [&](int q) {
    return static_cast<float>(static_cast<double>(scale.scale) * (q - scale.zero_point));
  };
  const FloatVector from_bytes =
      OnEverySet(256, "dequantize", [&](const KernelTable& kernels, float* to) {
        kernels.dequantize_int8(scale, 256, bytes.data(), to);
      });
  const FloatVector from_shorts = OnEverySet(
      std::ssize(shorts), "dequantize", [&](const KernelTable& kernels, float* to) {
        kernels.dequantize_int16(scale, std::ssize(shorts), shorts.data(), to);
      });
  for (std::size_t i = 0; i < 256; ++i) ASSERT_EQ(from_bytes[i], exact(bytes[i]));
  for (std::size_t i = 0; i < shorts.size(); ++i) {
    ASSERT_EQ(from_shorts[i], exact(shorts[i]));
  }
}

TEST(Kernels, ThisProcessorHasThePortableOnesFirst) {
  EXPECT_EQ(AvailableInstructionSets().front(), InstructionSet::kPortable);
  EXPECT_EQ(KernelsFor(InstructionSet::kPortable).instruction_set,
            InstructionSet::kPortable);
}

}  // namespace
}  // namespace kinglet
