#include "base/float16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kinglet {
namespace {

/// Finite values of half precision, by definition.
double Meaning(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double fraction = (bits & 1023) / 1024.0;
  const double value =
      exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
  return (bits & 0x8000) != 0 ? -value : value;
}

bool IsFinite(std::uint16_t bits) { return ((bits >> 10) & 31) != 31; }

TEST(Float16, EveryValueWidensExactlyAndComesBack) {
  for (int i = 0; i <= 0xFFFF; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    if (!IsFinite(bits)) continue;
    ASSERT_EQ(WidenFloat16(bits), Meaning(bits)) << i;
    ASSERT_EQ(NarrowToFloat16(WidenFloat16(bits)), bits);
  }
}

TEST(Float16, RoundsToTheNearestAndTiesToEven) {
  for (int i = 0; i < 0x7BFF; ++i) {
    const auto low = static_cast<std::uint16_t>(i);
    const auto high = static_cast<std::uint16_t>(i + 1);
    const auto middle = static_cast<float>((Meaning(low) + Meaning(high)) / 2);
    ASSERT_EQ(NarrowToFloat16(middle), i % 2 == 0 ? low : high) << i;
    ASSERT_EQ(NarrowToFloat16(std::nextafter(middle, 0.0F)), low) << i;
    ASSERT_EQ(NarrowToFloat16(std::nextafter(middle, 1e9F)), high) << i;
  }
}

TEST(Float16, SaturatesAndKeepsNan) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(WidenFloat16(NarrowToFloat16(1e9F)), 65504);
  EXPECT_EQ(WidenFloat16(NarrowToFloat16(-kInfinity)), -65504);
  EXPECT_TRUE(
      std::isnan(WidenFloat16(NarrowToFloat16(std::numeric_limits<float>::quiet_NaN()))));
}

}  // namespace
}  // namespace kinglet
