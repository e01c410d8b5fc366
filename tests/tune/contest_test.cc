#include "tune/contest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace kinglet {
namespace {

std::vector<std::size_t> CountUpTo(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

TEST(Losses, OfTheBaselineSumToTheNumberOfSamples) {
  const std::vector<SampleError> baseline = {{1, 4}, {3, 2}, {2, 9}};
  const auto own = Losses(baseline, baseline);
  EXPECT_NEAR(std::accumulate(own.begin(), own.end(), 0.0), 3, 1e-12);
  std::vector<SampleError> half = baseline;
  for (SampleError& error : half) error.squared /= 2;
  const auto other = Losses(baseline, half);
  EXPECT_NEAR(std::accumulate(other.begin(), other.end(), 0.0), 3 * 0.75, 1e-12);
}

TEST(Compare, IsSureOfAGainOnEveryFileAndUnsureOfOneThatOneFileMakes) {
  const std::vector<double> other(20, 1.0);
  const std::vector<double> better(20, 0.9);
  const ErrorRatio sure = Compare(better, other, CountUpTo(20));
  EXPECT_NEAR(sure.ratio, 0.9, 1e-12);
  EXPECT_TRUE(sure.IsGain());
  std::vector<double> lucky(20, 1.02);
  lucky[7] = 0.01;
  const ErrorRatio unsure = Compare(lucky, other, CountUpTo(20));
  EXPECT_LT(unsure.ratio, 1);
  EXPECT_FALSE(unsure.IsGain());
  EXPECT_LT(unsure.low, unsure.ratio);
}

TEST(ErrorRatio, CallsADecibelAGainWhateverTheFilesSayOfChance) {
  EXPECT_TRUE((ErrorRatio{.ratio = 0.79, .low = 0.5, .high = 1.2}.IsGain()));
  EXPECT_FALSE((ErrorRatio{.ratio = 0.8, .low = 0.5, .high = 1.2}.IsGain()));
}

/// A ratio whose logarithm has that standard deviation over resampled files.
ErrorRatio WithSpread(double ratio, double spread) {
  return {ratio, ratio, ratio * std::exp(3.29 * spread)};
}

TEST(IsWorthwhile, BelievesFilesThatAgreeAndWhatIsUsualWhereTheyDoNot) {
  // Usual are exp(-0.2) = 0.82; both count equally where log(high / low) / 3.29 is 0.2.
  EXPECT_TRUE(IsWorthwhile(WithSpread(0.96, 0)));
  EXPECT_FALSE(IsWorthwhile(WithSpread(0.98, 0)));
  EXPECT_TRUE(IsWorthwhile(WithSpread(1.14, 0.2)));   // sqrt(1.14 * 0.82) = 0.967
  EXPECT_FALSE(IsWorthwhile(WithSpread(1.16, 0.2)));  // 0.975
  EXPECT_TRUE(IsWorthwhile(WithSpread(1.5, 1)));
  EXPECT_TRUE(IsWorthwhile(ErrorRatio{0, 0, 0}));
}

TEST(IsExpectedGain, DropsAStepThatTheFilesSayDoesHarm) {
  // Usual are exp(-0.05) = 0.951, with a spread of 0.1. Where all files agree, luck alone
  // spreads, by as much: both count equally, and sqrt(1.04 * 0.951) is 0.995.
  EXPECT_TRUE(IsExpectedGain(WithSpread(1.04, 0), kUsualRefinement));
  EXPECT_FALSE(IsExpectedGain(WithSpread(1.06, 0), kUsualRefinement));  // 1.004
  // Where log(high / low) / 3.29 is 0.1, files count half: log 1.09 / 2 - 0.05 < 0.
  EXPECT_TRUE(IsExpectedGain(WithSpread(1.09, 0.1), kUsualRefinement));
  EXPECT_FALSE(IsExpectedGain(WithSpread(1.12, 0.1), kUsualRefinement));
}

// Usual are exp(0.1), with a spread of 0.4; where log(high / low) / 3.29 is 0.2, files
// count (0.16 / 0.05) times as much: -0.1 / 3.2 is the logarithm of 0.969.
TEST(IsExpectedGain, TakesHeadroomWhereFilesSaySo) {
  EXPECT_TRUE(IsExpectedGain(WithSpread(0.96, 0.2), kUsualHeadroom));
  EXPECT_FALSE(IsExpectedGain(WithSpread(0.98, 0.2), kUsualHeadroom));
}

TEST(TypicalRatio, IsTheGeometricMeanOverFiles) {
  const std::vector<double> other = {1, 1, 1, 1};
  const std::vector<double> candidate = {2, 2, 0.5, 0.5};
  // By file 2, 0.5: one; by sums 1.25. A loss of a thousandth is added to each.
  EXPECT_NEAR(TypicalRatio(candidate, other, std::vector<std::size_t>{0, 0, 1, 1}),
              std::sqrt(2.001 * 0.501) / 1.001, 1e-12);
  EXPECT_NEAR(TypicalRatio(candidate, other, std::vector<std::size_t>{0, 1, 0, 1}), 1.25,
              1e-3);
  const std::vector<double> zeros(4);
  EXPECT_EQ(TypicalRatio(zeros, zeros, CountUpTo(4)), 1);
}

TEST(Compare, DrawsFilesNotSamples) {
  // Ten samples of a file that gains and ten of one that loses: by samples a sure gain.
  std::vector<double> candidate(20, 0.5);
  std::fill(candidate.begin() + 10, candidate.end(), 1.3);
  std::vector<std::size_t> files(20, 0);
  std::fill(files.begin() + 10, files.end(), 1);
  EXPECT_LT(Compare(candidate, std::vector<double>(20, 1), CountUpTo(20)).high, 1.1);
  EXPECT_GT(Compare(candidate, std::vector<double>(20, 1), files).high, 1.2);
}

TEST(Compare, CallsTwoPerfectCandidatesATie) {
  const std::vector<double> zeros(4);
  EXPECT_EQ(Compare(zeros, zeros, CountUpTo(4)), (ErrorRatio{1, 1, 1}));
}

}  // namespace
}  // namespace kinglet
