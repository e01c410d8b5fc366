// exp, log, tanh, the logistic function and roots of all instruction sets, against the
// C library in double precision.
#include <gmock/gmock.h>

#include <cmath>

#include "kernels/portable.h"
#include "tests/kernels/kernel_testing.h"

namespace kinglet {
namespace {

/// Distance in units in the last place of `exact` as a float.
double UlpsBetween(float actual, double exact) {
  if (std::isnan(exact)) return std::isnan(actual) ? 0 : INFINITY;
  const auto rounded = static_cast<float>(exact);
  if (std::isinf(rounded) || std::isinf(actual)) return actual == rounded ? 0 : INFINITY;
  const double unit =
      std::max(std::ldexp(1.0, std::ilogb(exact == 0 ? 1e-300 : exact) - 23),
               std::ldexp(1.0, -149));
  return std::fabs(actual - exact) / unit;
}

/// Every 1999th float there is: two million.
template <typename Float, typename Double>
double WorstUlps(const Float& function, const Double& exact) {
  double worst = 0;
  for (std::uint64_t bits = 0; bits < (1ULL << 32U); bits += 1999) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isnan(x)) continue;
    worst = std::max(worst, UlpsBetween(function(x), exact(x)));
  }
  return worst;
}

// Two units: one for the argument reduction and polynomial, one for the last operations.
TEST(Math, TheHyperbolicTangentIsWithinTwoUnitsOfTheTruth) {
  EXPECT_LE(WorstUlps(portable::Tanh, [](double x) { return std::tanh(x); }), 2);
}

// Half a unit for the one rounding, and what the series leave out, as their authors have
// measured.
TEST(Math, ExponentialsAndLogarithmsAreRoundedOnce) {
  EXPECT_LE(WorstUlps(portable::Exp, [](double x) { return std::exp(x); }), 0.502);
  EXPECT_LE(WorstUlps(portable::Log, [](double x) { return std::log(x); }), 0.818);
}

#ifdef __GLIBC__
TEST(Math, ExponentialsAndLogarithmsAreThoseOfTheCLibrary) {
  for (std::uint64_t bits = 0; bits < (1ULL << 32U); bits += 1999) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isnan(x)) continue;
    ASSERT_EQ(portable::Exp(x), std::exp(x)) << x;
    if (x < 0) continue;
    ASSERT_EQ(portable::Log(x), std::log(x)) << x;
  }
}
#endif

// The kernels of LiteRT's reference as they are written.
TEST(Math, TheLogisticFunctionIsTheReferenceKernels) {
  const auto reference = [](double x) {
    if (x > 16.619047164916992188) return 1.0;
    const float e = std::exp(static_cast<float>(x < -9 ? x : -x));
    return static_cast<double>(x < -9 ? e : 1.0F / (1.0F + e));
  };
  // Other C libraries' exponentials may be a unit off.
  EXPECT_LE(WorstUlps(portable::Logistic, reference), 1);
  const auto exact = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (float x = -30; x < 30; x += 1.0F / 512) {
    ASSERT_NEAR(portable::Logistic(x), exact(x), 1.3e-7) << x;
  }
}

// As above, from the largest of the three terms' rounding.
TEST(Math, EluIsWithinTwoUnitsOfTheTruth) {
  EXPECT_LE(WorstUlps(portable::Elu, [](double x) { return x < 0 ? std::expm1(x) : x; }),
            2);
}

// The argument of erfc is off by one unit of its factor and one of its own, which counts
// x^2 / 2 times twice, and its square by one more; eight for all else.
TEST(Math, GeluLosesNothingFarBelowZero) {
  for (float x = -12; x < 12; x += 1.0F / 512) {
    const double exact = 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    const double units = 2.5 * x * x + 8;
    ASSERT_NEAR(portable::Gelu(x), exact, std::ldexp(units * std::fabs(exact), -24)) << x;
  }
}

// 1 + tanh cancels below zero: an error of a unit of 1, times x / 2, stays.
TEST(Math, GeluByTanhIsNearTheTruth) {
  const double slope = std::sqrt(2 / std::acos(-1.0));
  for (float x = -12; x < 12; x += 1.0F / 512) {
    const double exact = 0.5 * x * (1 + std::tanh(slope * (x + 0.044715 * x * x * x)));
    ASSERT_NEAR(portable::GeluTanh(x), exact, 4 * std::ldexp(std::fabs(x) + 1e-6, -24))
        << x;
  }
}

TEST(Math, SpecialValues) {
  EXPECT_EQ(portable::Exp(-INFINITY), 0.0F);
  EXPECT_EQ(portable::Exp(INFINITY), INFINITY);
  EXPECT_EQ(portable::Exp(0.0F), 1.0F);
  EXPECT_EQ(portable::Log(0.0F), -INFINITY);
  EXPECT_EQ(portable::Log(1.0F), 0.0F);
  EXPECT_EQ(portable::Tanh(INFINITY), 1.0F);
  EXPECT_EQ(portable::Tanh(-INFINITY), -1.0F);
  EXPECT_TRUE(std::signbit(portable::Tanh(-0.0F)));
  EXPECT_EQ(portable::Logistic(0.0F), 0.5F);
  EXPECT_EQ(portable::Logistic(-INFINITY), 0.0F);
  EXPECT_EQ(portable::Logistic(INFINITY), 1.0F);
  for (const auto function :
       {portable::Exp, portable::Log, portable::Tanh, portable::Logistic}) {
    EXPECT_TRUE(std::isnan(function(NAN)));
  }
  EXPECT_TRUE(std::isnan(portable::Log(-1.0F)));
}

TEST(Math, AllInstructionSetsGiveTheSameBits) {
  FloatVector in = AwkwardFloats();
  std::mt19937 engine(11);
  for (int i = 0; i < 200000; ++i) {
    in.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(engine())));
  }
  for (const float x : RandomFloats(50000, 12)) in.push_back(x * 20.0F);
  const auto n = std::ssize(in);
  for (int i = 0; i <= static_cast<int>(UnaryOp::kHardSwish); ++i) {
    const auto op = static_cast<UnaryOp>(i);
    OnEverySet(n, "function " + std::to_string(i),
               [&](const KernelTable& kernels, float* to) {
                 kernels.unary(op, n, in.data(), to);
               });
  }
}

TEST(Math, RootsAreRoundedOncePerOperation) {
  const FloatVector in = {4.0F, 2.0F, 0.0F, -1.0F};
  const auto run = [&](UnaryOp op) {
    return OnEverySet(4, "root", [&](const KernelTable& kernels, float* to) {
      kernels.unary(op, 4, in.data(), to);
    });
  };
  using ::testing::ElementsAre;
  using ::testing::IsNan;
  EXPECT_THAT(run(UnaryOp::kSqrt), ElementsAre(2.0F, 1.41421356F, 0.0F, IsNan()));
  EXPECT_THAT(run(UnaryOp::kRsqrt),
              ElementsAre(0.5F, 1.0F / 1.41421356F, INFINITY, IsNan()));
}

}  // namespace
}  // namespace kinglet
