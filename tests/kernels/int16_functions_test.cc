// The tables against the real functions. A line over an interval of a 512th leaves little
// error; the table of the logistic function has steps of 1/24, which a line misses by at
// most 1/24^2 / 8 * max|f''| = 2.1e-5, twice that for tanh.
#include "kernels/int16_functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace kinglet {
namespace {

constexpr double kStep = 1.0 / 32768;

TEST(Int16Functions, LogisticAndTanhAreNearTheRealOnes) {
  for (const float scale : {1.0F / 4096, 1.0F / 2048, 0.0003F, 0.00002F}) {
    const Int16Logistic logistic(scale);
    const Int16Tanh tanh(scale);
    for (int q = -32768; q < 32768; q += 77) {
      const double x = static_cast<double>(scale) * q;
      const auto in = static_cast<std::int16_t>(q);
      EXPECT_NEAR(logistic(in) * kStep, 1 / (1 + std::exp(-x)), 2.1e-5 + 1.5 * kStep);
      EXPECT_NEAR(tanh(in) * kStep, std::tanh(x), 4.2e-5 + 2.5 * kStep);
    }
  }
}

TEST(Int16Functions, BothAreSymmetricAllButTheRounding) {
  const Int16Logistic logistic(0.0003F);
  const Int16Tanh tanh(0.0003F);
  for (int q = 0; q < 32768; q += 99) {
    const auto in = static_cast<std::int16_t>(q);
    const auto mirrored = static_cast<std::int16_t>(-q);
    EXPECT_NEAR(logistic(in) + logistic(mirrored), 32768, 1);
    EXPECT_NEAR(tanh(in) + tanh(mirrored), 0, 1);
  }
}

TEST(Int16Functions, ATableHasLinesBetweenItsEntries) {
  const InterpolationTable square(InterpolationTable::Interval<float>{-1.0F, 1.0F},
                                  {-2.0F, 2.0F}, [](float x) { return x * x; });
  for (int q = -32768; q < 32768; q += 55) {
    const double x = q / 32767.5;
    EXPECT_NEAR(square(static_cast<std::int16_t>(q)) * 4.0 / 65536, x * x, 1.5e-4) << q;
  }
}

TEST(Int16Functions, SoftmaxIsNearTheRealOne) {
  const Int16Softmax softmax(0.5F, 0.001F);
  const std::vector<std::int16_t> in = {0, 1000, -4000, 32767, 30000, -32768};
  std::vector<std::int16_t> out(in.size());
  softmax.Run(2, 3, in.data(), out.data());
  for (std::size_t row = 0; row < 2; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += std::exp(0.0005 * in[row * 3 + i]);
    for (std::size_t i = 0; i < 3; ++i) {
      const double expected = std::exp(0.0005 * in[row * 3 + i]) / sum;
      EXPECT_NEAR(out[row * 3 + i] * kStep, expected, 2e-4);
    }
  }
}

}  // namespace
}  // namespace kinglet
