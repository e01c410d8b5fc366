#include "tune/stability.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kinglet {
namespace {

constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

/// The sum of squares of the outputs in float is 25.
const std::vector<Outputs> kReference = {{3, 0}, {0, 4}};

TEST(StabilityOf, MeasuresDistancesAgainstTheOutputsInFloat) {
  const Stability stability =
      StabilityOf(kReference, {{{3, 0}, {0, 5}}}, {{{{3, 2}, {0, 4}}, {{3, 0}, {1, 4}}}});
  EXPECT_DOUBLE_EQ(stability.whole, 1.0 / 5);
  EXPECT_DOUBLE_EQ(stability.halves[0], 2.0 / 5);
  EXPECT_DOUBLE_EQ(stability.halves[1], 1.0 / 5);
  EXPECT_DOUBLE_EQ(stability.apart, std::sqrt(5.0) / 5);
  EXPECT_DOUBLE_EQ(stability.cosine,
                   (9 / std::sqrt(13.0 * 9) + 16 / std::sqrt(16.0 * 17)) / 2);
}

TEST(StabilityOf, LeavesOutWhatIsNotFinite) {
  const std::vector<Outputs> broken = {{3, kNoNumber}, {kNoNumber, 4}};
  const Stability stability = StabilityOf(broken, kReference, {kReference, broken});
  EXPECT_EQ(stability,
            (Stability{.apart = 0, .halves = {0, 0}, .whole = 0, .cosine = 1}));
}

TEST(StabilityOf, CallsStableWhatIsNoMoreThanTwoErrorsApart) {
  EXPECT_TRUE((Stability{.apart = 0.2, .whole = 0.1}).IsStable());
  EXPECT_FALSE((Stability{.apart = 0.21, .whole = 0.1}).IsStable());
  EXPECT_TRUE(Stability{}.IsStable());
}

}  // namespace
}  // namespace kinglet
