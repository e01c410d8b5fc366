// Against the sum of squared steps itself, over all numbers and many thresholds.
#include "tune/choose_splits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace kinglet {
namespace {

std::vector<float> Powers(float power) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> draw(0, 1);
  std::vector<float> values(20000);
  for (float& value : values) value = std::pow(draw(random), power);
  return values;
}

/// Squared steps of the planes that the numbers fall in.
double Noise(const std::vector<float>& values, double threshold, const Range& range) {
  double noise = 0;
  for (const float value : values) {
    const double step = value < threshold ? threshold - range.min : range.max - threshold;
    noise += step * step;
  }
  return noise;
}

TEST(BalancedThreshold, HasTheLeastNoiseOfAllButForTheWidthOfABin) {
  for (const float power : {1.0F, 4.0F, 20.0F}) {
    const std::vector<float> values = Powers(power);
    Histogram histogram;
    histogram.Add(values);
    const auto [min, max] = std::ranges::minmax(values);
    const Range range = {0, max};
    const auto found = BalancedThreshold(histogram.Bins(), {min, max});
    ASSERT_TRUE(found.has_value()) << power;
    double least = Noise(values, max, range);
    for (int i = 1; i < 1000; ++i) {
      least = std::min(least, Noise(values, max * static_cast<float>(i) / 1000, range));
    }
    EXPECT_LE(Noise(values, *found, range), 1.05 * least) << power;
    EXPECT_LT(*found, max);
  }
}

TEST(BalancedThreshold, IsNotThereWhereNothingLiesBelowTheLargest) {
  Histogram histogram;
  histogram.Add(std::vector<float>(100, 2.0F));
  EXPECT_FALSE(BalancedThreshold(histogram.Bins(), {2, 2}).has_value());
}

}  // namespace
}  // namespace kinglet
