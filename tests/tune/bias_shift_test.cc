#include "tune/bias_shift.h"

#include <gtest/gtest.h>

namespace kinglet {
namespace {

TEST(Combined, TakesTheMeanTheMedianOrTheMeanOfTheMiddle) {
  const std::vector<double> odd = {5, 1, 100, 3, 2};
  EXPECT_EQ(Combined(odd, BiasForm::kNone), 0);
  EXPECT_NEAR(Combined(odd, BiasForm::kMean), 22.2, 1e-12);
  EXPECT_EQ(Combined(odd, BiasForm::kMedian), 3);
  EXPECT_EQ(Combined({1, 2, 3, 10}, BiasForm::kMedian), 2.5);
  std::vector<double> ten(10, 4);
  ten[2] = -50;
  ten[7] = 90;
  EXPECT_EQ(Combined(ten, BiasForm::kTrimmed), 4);
}

// Of 1, 2, 3 the standard error of the mean is the root of a third: 2^3 / (2^2 + 1/3).
TEST(BeyondChance, LeavesOfAMeanWhatItsStandardErrorAllows) {
  const std::vector<double> values = {1, 2, 3};
  EXPECT_NEAR(BeyondChance(2, values), 24.0 / 13, 1e-12);
  EXPECT_NEAR(BeyondChance(-2, values), -24.0 / 13, 1e-12);
  EXPECT_NEAR(BeyondChance(1, values), 0.75, 1e-12);
}

TEST(BeyondChance, LeavesAllWhereSamplesAgreeOrOneIsAlone) {
  EXPECT_EQ(BeyondChance(4, std::vector<double>{4, 4, 4}), 4);
  EXPECT_EQ(BeyondChance(4, std::vector<double>{4}), 4);
  EXPECT_EQ(BeyondChance(0, std::vector<double>{0, 0}), 0);
  EXPECT_EQ(BeyondChance(0, std::vector<double>{-1, 1}), 0);
}

}  // namespace
}  // namespace kinglet
