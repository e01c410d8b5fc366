#include "verify/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kinglet {
namespace {

TEST(CosineSimilarity, IsOneForParallelAndZeroForOrthogonalVectors) {
  EXPECT_DOUBLE_EQ(CosineSimilarity(OutputVector{1, 2}, OutputVector{2, 4}), 1);
  EXPECT_DOUBLE_EQ(CosineSimilarity(OutputVector{1, 0}, OutputVector{0, 3}), 0);
  EXPECT_NEAR(CosineSimilarity(OutputVector{1, 0}, OutputVector{1, 1}), std::sqrt(0.5),
              1e-15);
}

TEST(CosineSimilarity, CountsTwoZeroVectorsAsEqualAndOneAsDifferent) {
  EXPECT_EQ(CosineSimilarity(OutputVector{0, 0}, OutputVector{1e-9F, 0}), 1);
  EXPECT_EQ(CosineSimilarity(OutputVector{0, 0}, OutputVector{1, 0}), 0);
}

// numpy.percentile([1, 2, 4, 8], [5, 50, 100]) = 1.15, 3, 8.
TEST(Percentile, InterpolatesBetweenOrderStatistics) {
  EXPECT_DOUBLE_EQ(Percentile({8, 1, 4, 2}, 5), 1.15);
  EXPECT_DOUBLE_EQ(Percentile({8, 1, 4, 2}, 50), 3);
  EXPECT_DOUBLE_EQ(Percentile({8, 1, 4, 2}, 100), 8);
  EXPECT_DOUBLE_EQ(Percentile({3}, 5), 3);
}

TEST(Compare, TakesEverySampleAndElementIntoAccount) {
  const std::vector<OutputVector> reference = {{1, 0}, {0, 1}};
  const std::vector<OutputVector> candidate = {{1, 0}, {1, 0}};
  const Comparison comparison = Compare(reference, candidate);
  EXPECT_EQ(comparison.samples, 2U);
  EXPECT_DOUBLE_EQ(comparison.cosine_mean, 0.5);
  EXPECT_DOUBLE_EQ(comparison.cosine_min, 0);
  EXPECT_DOUBLE_EQ(comparison.cosine_p05, 0.05);
  EXPECT_DOUBLE_EQ(comparison.mse, 0.5);
  EXPECT_DOUBLE_EQ(comparison.mae, 0.5);
  EXPECT_DOUBLE_EQ(comparison.max_abs, 1);
  EXPECT_DOUBLE_EQ(comparison.top1_agreement, 0.5);
}

// numpy.corrcoef([1, 2, 4], [1, 3, 2]) = 0.32732683535398854.
TEST(PearsonCorrelation, IgnoresMeanAndScale) {
  EXPECT_NEAR(PearsonCorrelation(OutputVector{1, 2, 4}, OutputVector{1, 3, 2}),
              0.32732683535398854, 1e-15);
  EXPECT_NEAR(PearsonCorrelation(OutputVector{1, 2, 4}, OutputVector{12, 14, 18}), 1,
              1e-15);
  EXPECT_EQ(PearsonCorrelation(OutputVector{3, 3}, OutputVector{5, 5}), 1);
}

TEST(CompareSample, FindsTheLargestOutputAmongTheFiveLargest) {
  const OutputVector reference = {9, 1, 2, 3, 4, 5, 6};
  EXPECT_TRUE(CompareSample(reference, OutputVector{9, 8, 7, 6, 5, 4, 3}).top1);
  const SampleComparison fifth =
      CompareSample(reference, OutputVector{3, 7, 6, 5, 4, 2, 1});
  EXPECT_FALSE(fifth.top1);
  EXPECT_TRUE(fifth.top5);
  EXPECT_FALSE(CompareSample(reference, OutputVector{2, 7, 6, 5, 4, 3, 1}).top5);
}

TEST(Bootstrap, IsAPointForEqualSamplesAndHoldsTheMeanOfOthers) {
  std::vector<SampleComparison> samples(8, {.cosine = 0.5});
  EXPECT_EQ(Bootstrap(samples).cosine_mean.low, 0.5);
  EXPECT_EQ(Bootstrap(samples).cosine_mean.high, 0.5);
  for (std::size_t i = 0; i < 4; ++i) samples[i].cosine = 1;
  const Interval interval = Bootstrap(samples).cosine_mean;
  EXPECT_GT(interval.low, 0.5);
  EXPECT_LT(interval.low, 0.75);
  EXPECT_GT(interval.high, 0.75);
  EXPECT_LT(interval.high, 1);
}

// The mean of n samples with deviation sd has the standard error sd / sqrt(n); the middle
// 95 % of a normal distribution is 3.92 standard errors wide. 1000 resamplings leave a
// few per cent.
TEST(Bootstrap, IsAsWideAsTheStandardErrorSays) {
  std::vector<SampleComparison> samples(400);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].cosine = i % 2 == 0 ? 0 : 1;
  const Interval interval = Bootstrap(samples).cosine_mean;
  EXPECT_NEAR(interval.high - interval.low, 3.92 * 0.5 / 20, 0.01);
}

TEST(MeanShifts, AreDifferencesOfTheMeansOfEachOutput) {
  const std::vector<OutputVector> reference = {{1, 0}, {0, 1}};
  const std::vector<OutputVector> candidate = {{1, 1}, {1, 1}};
  EXPECT_EQ(MeanShifts(reference, candidate), (std::vector<double>{0.5, 0.5}));
}

}  // namespace
}  // namespace kinglet
