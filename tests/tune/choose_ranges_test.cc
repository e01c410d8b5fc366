#include "tune/choose_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace kinglet {
namespace {

struct Numbers {
  std::vector<float> values;
  LoudnessHistograms histograms;
  Range extremes;
};

Numbers Take(std::vector<float> values) {
  Numbers numbers{std::move(values), {}, {}};
  numbers.histograms.Add(numbers.values);
  const auto [min, max] = std::ranges::minmax(numbers.values);
  numbers.extremes = {min, max};
  return numbers;
}

/// Half of them behind a ReLU, `outliers` far out.
Numbers Skewed(std::size_t outliers) {
  std::mt19937 random(5);
  std::normal_distribution<float> draw;
  std::vector<float> values(100000);
  for (float& value : values) value = std::max(draw(random), 0.0F);
  for (std::size_t i = 0; i < outliers; ++i) values[i * 7] = 100;
  return Take(std::move(values));
}

Range Chosen(const Numbers& numbers, RangeMethod method) {
  return ChooseRange(numbers.histograms, numbers.extremes, method);
}

/// Mean squared error of rounding the numbers themselves to 255 steps of a range.
double Error(const Numbers& numbers, const Range& range) {
  const double step = (static_cast<double>(range.max) - range.min) / 255;
  double error = 0;
  for (const float value : numbers.values) {
    const double cut = std::clamp<double>(value, range.min, range.max);
    const double off = std::round(cut / step) * step - value;
    error += off * off / static_cast<double>(numbers.values.size());
  }
  return error;
}

TEST(ChooseRange, PercentilesCutOneInTenThousandAtEachEnd) {
  const Numbers numbers = Skewed(5);
  EXPECT_EQ(Chosen(numbers, RangeMethod::kMinMax), (Range{0, 100}));
  const Range range = Chosen(numbers, RangeMethod::kPercentile);
  EXPECT_EQ(range.min, 0);
  EXPECT_NEAR(range.max, 3.8F, 0.3F);
  const auto beyond = std::ranges::count_if(
      numbers.values, [&](float value) { return value > range.max; });
  EXPECT_NEAR(static_cast<double>(beyond), 10, 5);
}

TEST(ChooseRange, PercentilesKeepTheExtremesWhereNothingElseIsLeft) {
  std::vector<float> values(100000, 0);
  values[3] = 2;
  EXPECT_EQ(Chosen(Take(std::move(values)), RangeMethod::kPercentile), (Range{0, 2}));
}

TEST(ChooseRange, LeastSquaresHasASmallerErrorThanTheExtremes) {
  for (const std::size_t outliers : {0U, 3U, 300U}) {
    const Numbers numbers = Skewed(outliers);
    const Range range = Chosen(numbers, RangeMethod::kMse);
    EXPECT_LE(Error(numbers, range), 1.001 * Error(numbers, numbers.extremes));
    for (const float factor : {0.7F, 1.4F}) {
      const Range other = {0, std::min(range.max * factor, numbers.extremes.max)};
      EXPECT_LE(Error(numbers, range), 1.02 * Error(numbers, other)) << outliers;
    }
  }
}

TEST(ChooseRange, ALoudSampleWeighsNoMoreThanAQuietOneWhereErrorsAreNormalized) {
  LoudnessHistograms histograms;
  Range extremes;
  for (unsigned s = 0; s < 20; ++s) {
    std::mt19937 random(s);
    std::normal_distribution<float> draw(0, s == 0 ? 30.0F : 1.0F);
    std::vector<float> values(5000);
    for (float& value : values) value = draw(random);
    const auto [min, max] = std::ranges::minmax(values);
    extremes = Union(extremes, {min, max});
    histograms.Add(values);
  }
  const Range plain = ChooseRange(histograms, extremes, RangeMethod::kMse);
  const Range normalized = ChooseRange(histograms, extremes, RangeMethod::kNormalizedMse);
  EXPECT_GT(plain.max, 60);
  EXPECT_LT(normalized.max, 0.8F * plain.max);
}

TEST(ChooseRange, EntropyCutsWhatIsRareAndFarOut) {
  const Range range = Chosen(Skewed(3), RangeMethod::kEntropy);
  EXPECT_LT(range.max, 50);
  EXPECT_GT(range.max, 2);
}

TEST(ChooseRange, NeverLeavesTheExtremesAndHoldsZero) {
  std::mt19937 random(9);
  for (int i = 0; i < 40; ++i) {
    std::normal_distribution<float> draw(static_cast<float>(i % 5) - 2,
                                         static_cast<float>(i + 1));
    std::vector<float> values(500);
    for (float& value : values) value = draw(random);
    const Numbers numbers = Take(std::move(values));
    for (const RangeMethod method :
         {RangeMethod::kPercentile, RangeMethod::kMse, RangeMethod::kNormalizedMse,
          RangeMethod::kEntropy}) {
      const Range range = Chosen(numbers, method);
      EXPECT_LE(range.min, 0);
      EXPECT_GE(range.max, 0);
      EXPECT_GE(range.min, std::min(numbers.extremes.min, 0.0F));
      EXPECT_LE(range.max, std::max(numbers.extremes.max, 0.0F));
      EXPECT_LT(range.min, range.max);
    }
  }
}

}  // namespace
}  // namespace kinglet
