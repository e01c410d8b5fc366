// Sine and cosine against the C library in double precision.
#include "kernels/functions.h"

#include <gtest/gtest.h>

#include "tests/kernels/kernel_testing.h"

namespace kinglet {
namespace {

/// The float nearest to `exact`, or its neighbour where that lies almost between two.
void ExpectRounded(float actual, double exact, float x) {
  if (std::isnan(exact)) {
    EXPECT_TRUE(std::isnan(actual)) << x;
    return;
  }
  const auto rounded = static_cast<float>(exact);
  const double unit = std::max(std::fabs(exact) * 0x1p-23, 0x1p-149);
  EXPECT_TRUE(SameBits(actual, rounded) || std::fabs(actual - exact) < 0.5001 * unit)
      << x << ": " << actual << " for " << rounded;
}

TEST(SineAndCosine, AreRoundedOnce) {
  FloatVector angles = AwkwardFloats();
  for (const float x : RandomFloats(20000, 1)) angles.push_back(x * 10.0F);
  for (const float x : RandomFloats(20000, 2)) angles.push_back(x * 1e6F);
  for (const float x : angles) {
    if (std::fabs(x) > 1e6F) continue;
    ExpectRounded(SinOf(x), std::sin(static_cast<double>(x)), x);
    ExpectRounded(CosOf(x), std::cos(static_cast<double>(x)), x);
  }
}

TEST(SineAndCosine, StayBoundedFarOut) {
  for (const float x : {2e6F, -1e20F, 3.4e38F}) {
    EXPECT_NEAR(SinOf(x) * SinOf(x) + CosOf(x) * CosOf(x), 1, 1e-6);
  }
  EXPECT_TRUE(std::isnan(SinOf(INFINITY)));
  EXPECT_TRUE(std::isnan(CosOf(NAN)));
}

}  // namespace
}  // namespace kinglet
