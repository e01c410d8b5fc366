// Against the sum of squared steps itself, over all numbers and many thresholds.
#include "tune/choose_splits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <string>

#include "ir/text.h"
#include "tests/tune/linear_layers.h"

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

/// Where the planes meet of a value that is spread over twelve octaves below one, and
/// that `reader` reads.
float ThresholdBefore(const std::string& reader) {
  const Graph graph = Parse(
      "in input = x : float32[1x8]\nconst k : float32[8] = 1 2 1 2 1 2 1 2\n"
      "y : float32[1x8] = mul(x, k)\nz : float32[1x8] = " +
      reader + "\nout output_0 = z\n");
  std::mt19937 random(3);
  std::vector<Sample> samples;
  for (int s = 0; s < 16; ++s) {
    samples.push_back({RandomFloats({1, 8}, random, -13, -1)});
    for (float& value : samples.back()[0].Data<float>()) value = std::exp2(value);
  }
  std::vector<std::size_t> files(samples.size());
  std::iota(files.begin(), files.end(), std::size_t{0});
  const std::function<void()> on_step;
  const Workshop workshop(graph, graph, RefsTo(samples), files, {}, 1, on_step);
  const Thresholds chosen =
      ChooseSplits(workshop, {.variant = workshop.original()}, {.macs = 1000});
  EXPECT_EQ(chosen.size(), 1) << reader;
  return chosen.empty() ? 0 : chosen.begin()->second;
}

// Rounding changes a logarithm by what it is of the number: the threshold lies near the
// middle of the octaves.
TEST(ChooseSplits, WeighsNumbersByTheSlopeOfWhatReadsThem) {
  const float before_log = ThresholdBefore("log(y)");
  EXPECT_GT(before_log, std::exp2(-10.0F));
  EXPECT_LT(before_log, std::exp2(-4.0F));
  EXPECT_GT(ThresholdBefore("mul(y, k)"), std::exp2(-4.0F));
}

}  // namespace
}  // namespace kinglet
