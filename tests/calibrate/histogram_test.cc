// The oracle sorts.
#include "calibrate/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace kinglet {
namespace {

std::vector<float> Normals(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> draw;
  std::vector<float> values(count);
  for (float& value : values) value = draw(random);
  return values;
}

std::string Text(const Histogram& histogram) {
  std::string text;
  for (const Histogram::Bin& bin : histogram.Bins()) {
    text += std::to_string(bin.low) + ".." + std::to_string(bin.high) + " " +
            std::to_string(bin.count) + "\n";
  }
  return text;
}

// One table and four tables must count alike: 32768 is where they part.
TEST(Histogram, CountsEveryNumberInTheBinThatHoldsIt) {
  for (const std::size_t count : {1U, 7U, 32767U, 32768U, 32771U, 50001U}) {
    const std::vector<float> values = Normals(count, 1);
    Histogram histogram;
    histogram.Add(values);
    EXPECT_EQ(histogram.count(), count);
    double total = 0;
    float last = -std::numeric_limits<float>::infinity();
    for (const Histogram::Bin& bin : histogram.Bins()) {
      const auto inside = std::ranges::count_if(values, [&](float value) {
        return bin.low >= 0 ? value >= bin.low && value < bin.high
                            : value > bin.low && value <= bin.high;
      });
      EXPECT_EQ(static_cast<double>(inside), bin.count);
      EXPECT_LE(last, bin.low) << "ascending";
      EXPECT_LE(std::abs(bin.high - bin.low),
                std::max(std::abs(bin.low), std::abs(bin.high)) / 32);
      last = bin.high;
      total += bin.count;
    }
    EXPECT_EQ(total, static_cast<double>(count));
  }
}

TEST(Histogram, MergesToTheSameInAnyOrder) {
  const std::vector<float> values = Normals(9000, 2);
  const std::span<const float> all(values);
  Histogram whole;
  whole.Add(all);
  Histogram forward;
  Histogram backward;
  for (std::size_t i = 0; i < 9; ++i) {
    Histogram part;
    part.Add(all.subspan(i * 1000, 1000));
    forward.Merge(part);
    Histogram other;
    other.Add(all.subspan((8 - i) * 1000, 1000));
    backward.Merge(other);
  }
  EXPECT_EQ(Text(forward), Text(whole));
  EXPECT_EQ(Text(backward), Text(whole));
  EXPECT_EQ(forward.count(), whole.count());
}

TEST(Histogram, LeavesOutWhatIsNoNumber) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values(50000, std::nanf(""));
  values[1] = kInfinity;
  values[2] = -kInfinity;
  values[3] = 1;
  Histogram histogram;
  histogram.Add(values);
  histogram.Add(std::span(values).first(4));
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.Bins().size(), 1U);
}

// A bin is at most a 32nd of its numbers wide.
TEST(Quantile, LiesWithinABinOfTheSortedNumbers) {
  std::vector<float> values = Normals(10001, 3);
  Histogram histogram;
  histogram.Add(values);
  std::ranges::sort(values);
  for (const double share : {0.0001, 0.01, 0.3, 0.5, 0.9, 0.9999}) {
    const float exact = values[static_cast<std::size_t>(share * 10000)];
    EXPECT_NEAR(Quantile(histogram.Bins(), share), exact, std::abs(exact) / 32 + 1e-3)
        << share;
  }
}

}  // namespace
}  // namespace kinglet
