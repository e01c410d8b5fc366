#include "tune/trial.h"

#include <gtest/gtest.h>

#include <limits>

namespace kinglet {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(ErrorsOf, MeasuresASampleByItselfAndAgainstItsOwnPower) {
  const std::vector<Outputs> reference = {{3, 4}, {0, 1}};
  const auto errors = ErrorsOf(reference, std::vector<Outputs>{{3, 5}, {1, 1}});
  EXPECT_DOUBLE_EQ(errors[0].squared, 0.5);
  EXPECT_DOUBLE_EQ(errors[1].squared, 0.5);
  // Powers 12.5 and 0.5, and a hundredth of their mean.
  EXPECT_DOUBLE_EQ(errors[0].relative, 0.5 / 12.565);
  EXPECT_DOUBLE_EQ(errors[1].relative, 0.5 / 0.565);
}

TEST(ErrorsOf, LeavesOutWhatTheModelItselfDoesNotKnow) {
  const std::vector<Outputs> reference = {{kNan, 1}};
  EXPECT_EQ(ErrorsOf(reference, std::vector<Outputs>{{5, 1}})[0].squared, 0);
}

TEST(ErrorsOf, CountsALostOutputAsVeryWrongYetFinite) {
  const std::vector<Outputs> reference = {{1, 1}};
  const double squared = ErrorsOf(reference, std::vector<Outputs>{{kNan, 1}})[0].squared;
  EXPECT_GT(squared, 1e20);
  EXPECT_LT(squared, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace kinglet
