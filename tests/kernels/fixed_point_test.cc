// Vectors made with the reference kernels of TensorFlow Lite, and the real functions that
// the fixed-point ones approximate.
#include "kernels/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kinglet {
namespace {

struct Factor {
  double real;
  Multiplier expected;
};

TEST(FixedPoint, AFactorBecomesAMultiplier) {
  const Factor factors[] = {{1.0, {1073741824, 1}},
                            {0.5, {1073741824, 0}},
                            {0.1, {1717986918, -3}},
                            {0.0003123, {1373509925, -11}},
                            {1.75, {1879048192, 1}},
                            {3e-10, {1383505806, -31}},
                            {1e-12, {0, 0}},
                            {0.0, {0, 0}},
                            {0.99999999999, {1073741824, 1}},
                            {-0.1, {-1717986918, -3}},
                            {1e12, {INT32_MAX, 31}}};
  for (const Factor& factor : factors) {
    EXPECT_EQ(QuantizeMultiplier(factor.real, Rounding::kDouble), factor.expected)
        << factor.real;
  }
  EXPECT_EQ(QuantizeMultiplier(1e12, Rounding::kSingle), (Multiplier{INT32_MAX, 30}));
}

struct Product {
  std::int32_t x;
  double factor;
  std::int32_t twice;  ///< with double rounding
  std::int32_t once;
};

TEST(FixedPoint, ProductsRoundTwiceOrOnce) {
  const Product products[] = {{1000, 0.1, 100, 100},
                              {-1000, 0.1, -100, -100},
                              {15, 0.1, 2, 1},
                              {-15, 0.1, -2, -1},
                              {25, 0.1, 3, 2},
                              {-25, 0.1, -3, -2},
                              {5, 0.5, 3, 3},
                              {-5, 0.5, -2, -2},
                              {3, 0.5, 2, 2},
                              {-3, 0.5, -1, -1},
                              {123456, 0.0003123, 39, 39},
                              {7, 1.75, 12, 12},
                              {-7, 1.75, -12, -12},
                              {2, 1.75, 4, 4},
                              {-2, 1.75, -3, -3},
                              {1 << 30, 1e-9, 1, 1},
                              {-(1 << 30), 1e-9, -1, -1}};
  for (const Product& p : products) {
    for (const Rounding rounding : {Rounding::kDouble, Rounding::kSingle}) {
      const Multiplier m = QuantizeMultiplier(p.factor, rounding);
      EXPECT_EQ(Multiply(p.x, m, rounding),
                rounding == Rounding::kDouble ? p.twice : p.once)
          << p.x << " * " << p.factor;
    }
  }
}

TEST(FixedPoint, WideSumsAreMultipliedBySixteenBits) {
  const Multiplier m = QuantizeMultiplier(0.1, Rounding::kDouble);
  EXPECT_EQ(Multiply(std::int64_t{10'000'000'000}, m, Rounding::kDouble), 999984741);
  EXPECT_EQ(Multiply(std::int64_t{-1000}, m, Rounding::kDouble), -100);
  const Multiplier largest{INT32_MAX, 0};
  EXPECT_EQ(Multiply(std::int64_t{1} << 20, largest, Rounding::kDouble), 32767 * 32);
}

TEST(FixedPoint, ShiftsRoundTiesAwayFromZero) {
  for (const int x : {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 100, INT32_MAX}) {
    for (const int exponent : {0, 1, 2, 3, 31}) {
      const double exact = std::ldexp(static_cast<double>(x), -exponent);
      EXPECT_EQ(RoundedShift(x, exponent), std::round(exact)) << x << ' ' << exponent;
      EXPECT_EQ(RoundedShift(-x, exponent), -std::round(exact)) << -x << ' ' << exponent;
    }
  }
  EXPECT_EQ(SaturatingShift(1 << 29, 2), INT32_MAX);
  EXPECT_EQ(SaturatingShift(-(1 << 30), 2), INT32_MIN);
  EXPECT_EQ(SaturatingShift(-3, 2), -12);
  EXPECT_EQ(WrappingShift(1 << 30, 2), 0);
  EXPECT_EQ(DoublingHighMul(INT32_MIN, INT32_MIN), INT32_MAX);
}

TEST(FixedPoint, RealsBecomeIntegersHalvesAwayFromZero) {
  EXPECT_EQ(RoundedToInt(2.5), 3);
  EXPECT_EQ(RoundedToInt(-2.5), -3);
  EXPECT_EQ(RoundedToInt(0.49999999999999994), 0);
  EXPECT_EQ(RoundedToInt(1e12), INT32_MAX);
  EXPECT_EQ(RoundedToInt(-1e12), INT32_MIN);
}

// The error of the polynomial is about 2^-23 of the result's scale; of the reciprocal,
// some units of 2^-29.
TEST(FixedPoint, ExponentialAndReciprocalAreNearTheRealOnes) {
  EXPECT_EQ(ExpOfNegative(0, 5), INT32_MAX);
  for (double x = -30; x < 0; x += 0.0371) {
    const auto a = static_cast<std::int32_t>(std::ldexp(x, 26));
    EXPECT_NEAR(std::ldexp(ExpOfNegative(a, 5), -31), std::exp(x), 3e-7) << x;
  }
  for (double x = 0; x < 1; x += 0.0123) {
    const auto a = static_cast<std::int32_t>(std::ldexp(x, 31));
    EXPECT_NEAR(std::ldexp(OneOverOnePlus(a), -31), 1 / (1 + x), 1e-8) << x;
  }
}

// Five Newton steps leave some 2^-20 of it, and the logarithm's fraction as much.
TEST(FixedPoint, RootsAndLogarithmsAreNearTheRealOnes) {
  for (const int x :
       {1, 2, 3, 5, 100, 12345, 1 << 20, (1 << 29) - 1, 1 << 29, INT32_MAX}) {
    const Multiplier root = InverseSquareRoot(x);
    const double actual = std::ldexp(root.value, root.shift - 31);
    EXPECT_NEAR(actual * std::sqrt(x), 1.0, 1e-5) << x;
  }
  EXPECT_EQ(InverseSquareRoot(0), InverseSquareRoot(1));
  for (double x = 1; x < 4000; x *= 1.07) {
    const auto fixed = static_cast<std::int32_t>(std::ldexp(x, 19));
    EXPECT_NEAR(std::ldexp(LogOfSum(fixed), -26), std::log(x), 1e-5) << x;
  }
}

}  // namespace
}  // namespace kinglet
