#include "calibrate/loudness_histograms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace kinglet {
namespace {

constexpr int kSilent = std::numeric_limits<int>::min();

struct Sums {
  double count = 0;
  double values = 0;
  double squares = 0;
};

/// Eight sums by turns, so that they fill vectors in an order that is always the same.
Sums SumsOf(std::span<const float> sample) {
  constexpr std::size_t kSums = 8;
  std::array<double, kSums> values{};
  std::array<double, kSums> squares{};
  std::size_t i = 0;
  for (; i + kSums <= sample.size(); i += kSums) {
    for (std::size_t s = 0; s < kSums; ++s) {
      const auto value = static_cast<double>(sample[i + s]);
      values[s] += value;
      squares[s] += value * value;
    }
  }
  for (; i < sample.size(); ++i) {
    values[0] += sample[i];
    squares[0] += static_cast<double>(sample[i]) * sample[i];
  }
  return {static_cast<double>(sample.size()),
          std::accumulate(values.begin(), values.end(), 0.0),
          std::accumulate(squares.begin(), squares.end(), 0.0)};
}

std::vector<float> FiniteOnes(std::span<const float> sample) {
  std::vector<float> finite;
  std::ranges::copy_if(sample, std::back_inserter(finite),
                       [](float value) { return std::isfinite(value); });
  return finite;
}

/// The power of two of the variance of what is finite.
int OctaveOf(std::span<const float> sample) {
  Sums sums = SumsOf(sample);
  if (!std::isfinite(sums.squares)) sums = SumsOf(FiniteOnes(sample));
  if (sums.count == 0) return kSilent;
  const double mean = sums.values / sums.count;
  const double variance = sums.squares / sums.count - mean * mean;
  return variance > 0 ? std::ilogb(variance) : kSilent;
}

/// The middle of the class.
double VarianceOf(int octave) {
  constexpr double kMiddle = 1.5;
  return octave == kSilent ? 0 : std::ldexp(kMiddle, octave);
}

}  // namespace

void LoudnessHistograms::Add(std::span<const float> sample) {
  by_octave_[OctaveOf(sample)].Add(sample);
}

void LoudnessHistograms::Merge(const LoudnessHistograms& other) {
  for (const auto& [octave, histogram] : other.by_octave_) {
    by_octave_[octave].Merge(histogram);
  }
}

Histogram LoudnessHistograms::All() const {
  Histogram all;
  for (const auto& [octave, histogram] : by_octave_) all.Merge(histogram);
  return all;
}

std::vector<Histogram::Bin> LoudnessHistograms::NormalizedBins() const {
  constexpr double kFloor = 0.02;
  double count = 0;
  double mean = 0;
  for (const auto& [octave, histogram] : by_octave_) {
    const auto numbers = static_cast<double>(histogram.count());
    count += numbers;
    mean += numbers * VarianceOf(octave);
  }
  if (count == 0) return {};
  mean /= count;
  std::map<float, Histogram::Bin> bins;  // by their lower ends
  for (const auto& [octave, histogram] : by_octave_) {
    const double power = VarianceOf(octave) + kFloor * mean;
    for (const Histogram::Bin& bin : histogram.Bins()) {
      Histogram::Bin& sum =
          bins.try_emplace(bin.low, Histogram::Bin{bin.low, bin.high, 0}).first->second;
      sum.count += bin.count * (power > 0 ? mean / power : 1);
    }
  }
  std::vector<Histogram::Bin> list;
  list.reserve(bins.size());
  for (const auto& [low, bin] : bins) list.push_back(bin);
  return list;
}

}  // namespace kinglet
