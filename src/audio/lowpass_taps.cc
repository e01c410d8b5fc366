#include "audio/lowpass_taps.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "audio/numpy_sum.h"

namespace kinglet {
namespace {

constexpr double kBeta = 5.0;

/// Modified Bessel function of order zero, by its power series.
double BesselI0(double x) {
  const double quarter = x * x / 4;
  double term = 1;
  double sum = 1;
  for (int j = 1; term > 1e-20 * sum; ++j) {
    term *= quarter / (static_cast<double>(j) * j);
    sum += term;
  }
  return sum;
}

double Sinc(double x) {
  const double angle = std::numbers::pi * x;
  return x == 0 ? 1.0 : std::sin(angle) / angle;
}

}  // namespace

std::int64_t HalfLength(std::int64_t up, std::int64_t down) {
  constexpr std::int64_t kPerRate = 10;
  return kPerRate * std::max(up, down);
}

std::vector<float> LowpassTaps(std::int64_t up, std::int64_t down) {
  const std::int64_t half = HalfLength(up, down);
  const double cutoff = 1.0 / static_cast<double>(std::max(up, down));
  std::vector<double> ideal;
  for (std::int64_t m = -half; m <= half; ++m) {
    const double place = static_cast<double>(m) / static_cast<double>(half);
    const double window =
        BesselI0(kBeta * std::sqrt(1 - place * place)) / BesselI0(kBeta);
    ideal.push_back(cutoff * Sinc(cutoff * static_cast<double>(m)) * window);
  }
  const auto sum = PairwiseSum<double>(ideal);
  std::vector<float> taps;
  taps.reserve(ideal.size());
  for (const double tap : ideal) {
    taps.push_back(static_cast<float>(tap / sum) * static_cast<float>(up));
  }
  return taps;
}

}  // namespace kinglet
