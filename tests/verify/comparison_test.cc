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

}  // namespace
}  // namespace kinglet
