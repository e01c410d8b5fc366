// Outputs k, k + up, k + 2 up, ... share one phase of the filter, and their inputs lie
// `down` apart. The input is copied into `down` rows, row[r][s] = x[s * down + r], so
// that neighbouring outputs of a phase read neighbouring values: the sums of a block of
// outputs advance together, each in its own order.
#include "audio/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "audio/numpy_sum.h"
#include "base/check.h"

namespace kinglet {
namespace {

constexpr double kBeta = 5.0;
constexpr std::int64_t kHalfLengthPerRate = 10;
constexpr std::size_t kBlock = 32;

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

std::vector<float> Taps(std::int64_t up, std::int64_t down) {
  const std::int64_t rate = std::max(up, down);
  const std::int64_t half = kHalfLengthPerRate * rate;
  const double cutoff = 1.0 / static_cast<double>(rate);
  std::vector<double> ideal;
  for (std::int64_t m = -half; m <= half; ++m) {
    const double place = static_cast<double>(m) / static_cast<double>(half);
    const double window =
        BesselI0(kBeta * std::sqrt(1 - place * place)) / BesselI0(kBeta);
    ideal.push_back(cutoff * Sinc(cutoff * static_cast<double>(m)) * window);
  }
  const double sum = PairwiseSum<double>(ideal);
  std::vector<float> taps;
  for (const double tap : ideal) {
    taps.push_back(static_cast<float>(tap / sum) * static_cast<float>(up));
  }
  return taps;
}

std::int64_t CeilDiv(std::int64_t a, std::int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

}  // namespace

Resampler::Resampler(std::int64_t from_hz, std::int64_t to_hz) {
  Check(from_hz > 0 && to_hz > 0, "sample rates above 0");
  const std::int64_t common = std::gcd(from_hz, to_hz);
  up_ = to_hz / common;
  down_ = from_hz / common;
  if (up_ != down_) taps_ = Taps(up_, down_);
}

/// One phase: outputs k = phase + j * up. Output j reads x[first + j * down + t] for each
/// tap t, where first may lie before the signal and reads beyond its ends are left out.
void Resampler::RunPhase(std::size_t phase, std::span<const float> samples,
                         std::span<const float> rows, std::size_t row_length,
                         std::span<float> out) const {
  const auto half = static_cast<std::int64_t>(taps_.size() / 2);
  const auto n = static_cast<std::int64_t>(samples.size());
  const std::int64_t centre = half + static_cast<std::int64_t>(phase) * down_;
  const std::int64_t first = CeilDiv(centre - 2 * half, up_);
  const std::int64_t last = FloorDiv(centre, up_);
  const auto count = static_cast<std::int64_t>((out.size() - phase + up_ - 1) / up_);
  const auto tap = [&](std::int64_t t) { return taps_[centre - (first + t) * up_]; };

  const auto one = [&](std::int64_t j) {
    float sum = 0;
    for (std::int64_t t = 0; t <= last - first; ++t) {
      const std::int64_t p = first + j * down_ + t;
      if (p >= 0 && p < n) sum += samples[p] * tap(t);
    }
    out[phase + j * up_] = sum;
  };
  // Blocks whose reads all lie inside the signal.
  const std::int64_t inside_from = std::max<std::int64_t>(0, CeilDiv(-first, down_));
  const std::int64_t inside_to = std::min(count, FloorDiv(n - 1 - last, down_) + 1);
  std::int64_t j = 0;
  for (; j < std::min(inside_from, count); ++j) one(j);
  for (; j + static_cast<std::int64_t>(kBlock) <= inside_to; j += kBlock) {
    std::array<float, kBlock> sums{};
    for (std::int64_t t = 0; t <= last - first; ++t) {
      const std::int64_t p = first + t + j * down_;
      const float* row = rows.data() + (p % down_) * row_length + p / down_;
      const float weight = tap(t);
      for (std::size_t i = 0; i < kBlock; ++i) sums[i] += row[i] * weight;
    }
    for (std::size_t i = 0; i < kBlock; ++i) out[phase + (j + i) * up_] = sums[i];
  }
  for (; j < count; ++j) one(j);
}

std::vector<float> Resampler::Run(std::span<const float> samples) const {
  if (up_ == down_) return {samples.begin(), samples.end()};
  const auto n = static_cast<std::int64_t>(samples.size());
  std::vector<float> out(CeilDiv(n * up_, down_));
  const std::size_t row_length = CeilDiv(n, down_);
  std::vector<float> rows(row_length * down_);
  for (std::int64_t s = 0, i = 0; i < n; ++s) {
    for (std::int64_t r = 0; r < down_ && i < n; ++r, ++i) {
      rows[r * row_length + s] = samples[i];
    }
  }
  const auto phases = std::min<std::size_t>(up_, out.size());
  for (std::size_t phase = 0; phase < phases; ++phase) {
    RunPhase(phase, samples, rows, row_length, out);
  }
  return out;
}

const Resampler& Resamplers::From(std::int64_t from_hz) {
  const std::scoped_lock lock(mutex_);
  std::unique_ptr<const Resampler>& resampler = by_rate_[from_hz];
  if (resampler == nullptr) resampler = std::make_unique<Resampler>(from_hz, to_hz_);
  return *resampler;
}

}  // namespace kinglet
