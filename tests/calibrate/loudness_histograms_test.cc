#include "calibrate/loudness_histograms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace kinglet {
namespace {

std::vector<float> Normals(std::size_t count, float deviation, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> draw(0, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = draw(random);
  return values;
}

double Total(const std::vector<Histogram::Bin>& bins) {
  double total = 0;
  for (const Histogram::Bin& bin : bins) total += bin.count;
  return total;
}

TEST(LoudnessHistograms, CountEveryNumberOfEverySampleOnce) {
  LoudnessHistograms histograms;
  Histogram expected;
  for (const float deviation : {0.01F, 1.0F, 30.0F}) {
    const auto sample = Normals(1000, deviation, 3);
    histograms.Add(sample);
    expected.Add(sample);
  }
  const auto bins = histograms.All().Bins();
  const auto wanted = expected.Bins();
  ASSERT_EQ(bins.size(), wanted.size());
  for (std::size_t i = 0; i < bins.size(); ++i) {
    EXPECT_EQ(bins[i].low, wanted[i].low);
    EXPECT_EQ(bins[i].count, wanted[i].count);
  }
}

// Variances 1 and 16, whose classes' middles are 1.5 times that: 1 / (1.5 + 0.02 * 12.75)
// against 1 / (24 + 0.02 * 12.75).
TEST(LoudnessHistograms, WeighASampleByTheInverseOfItsVariance) {
  std::vector<float> quiet(100, 1.1F);
  std::vector<float> loud(100, 4.4F);
  for (std::size_t i = 0; i < 50; ++i) {
    quiet[i] = -1.1F;
    loud[i] = -4.4F;
  }
  LoudnessHistograms histograms;
  histograms.Add(quiet);
  histograms.Add(loud);
  const auto bins = histograms.NormalizedBins();
  ASSERT_EQ(bins.size(), 4U);
  EXPECT_LT(bins[0].high, -4);
  EXPECT_NEAR(bins[1].count / bins[0].count, (24 + 0.255) / (1.5 + 0.255), 1e-9);
}

TEST(LoudnessHistograms, MergeToTheSameInAnyOrder) {
  LoudnessHistograms forward;
  LoudnessHistograms backward;
  for (int i = 0; i < 8; ++i) {
    LoudnessHistograms one;
    one.Add(Normals(500, std::ldexp(1.0F, i), static_cast<unsigned>(i)));
    forward.Merge(one);
    LoudnessHistograms other;
    other.Add(Normals(500, std::ldexp(1.0F, 7 - i), static_cast<unsigned>(7 - i)));
    backward.Merge(other);
  }
  const auto a = forward.NormalizedBins();
  const auto b = backward.NormalizedBins();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].count, b[i].count);
}

TEST(LoudnessHistograms, TakeSilenceAndWhatIsNoNumber) {
  LoudnessHistograms histograms;
  histograms.Add(std::vector<float>(10, 0.0F));
  histograms.Add(std::vector<float>(10, std::nanf("")));
  EXPECT_EQ(histograms.All().count(), 10U);
  EXPECT_EQ(Total(histograms.NormalizedBins()), 10);
  EXPECT_TRUE(LoudnessHistograms().NormalizedBins().empty());
}

}  // namespace
}  // namespace kinglet
