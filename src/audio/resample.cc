// Outputs k, k + up, k + 2 up, ... share one phase of the filter, and their inputs lie
// `down` apart. The input is copied into `down` rows, row[r][s] = x[s * down + r], so
// that these outputs read neighbouring values: their sums advance together, each in its
// own order. Beyond the ends of the signal zeros are read, which leave a sum as it is: it
// starts at +0 and so never is -0.
#include "audio/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include "audio/lowpass_taps.h"
#include "audio/magnitude.h"
#include "base/check.h"
#include "kernels/kernels.h"

namespace kinglet {
namespace {

constexpr std::int64_t kFew = 8;  ///< outputs a phase for which rows don't pay
constexpr std::int64_t kGroup =
    kGroupSize;  ///< samples with one maximum, outputs with one bound

std::int64_t CeilDiv(std::int64_t a, std::int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

/// Samples [begin, end), zeros beyond the signal.
std::vector<float> Padded(std::span<const float> samples, std::int64_t begin,
                          std::int64_t end) {
  std::vector<float> padded(end - begin);
  const std::int64_t from = std::max<std::int64_t>(begin, 0);
  const std::int64_t to = std::min(end, std::ssize(samples));
  if (from < to) {
    std::copy(samples.begin() + from, samples.begin() + to,
              padded.begin() + (from - begin));
  }
  return padded;
}

/// [rows][columns] to [columns][rows].
std::vector<float> Transposed(std::span<const float> values, std::int64_t columns) {
  const std::int64_t rows = std::ssize(values) / columns;
  std::vector<float> out(values.size());
  Kernels().transpose(rows, columns, values.data(), columns, out.data(), rows);
  return out;
}

/// The largest magnitude of each kGroup samples.
std::vector<float> MaximaOfGroups(std::span<const float> samples) {
  const std::size_t whole = samples.size() / kGroup;
  std::vector<float> maxima(CeilDiv(std::ssize(samples), kGroup));
  Kernels().group_maxima(static_cast<Size>(whole), samples.data(), maxima.data());
  if (whole < maxima.size()) {
    maxima[whole] = LargestMagnitude(samples.subspan(whole * kGroup));
  }
  return maxima;
}

/// An output of n products is at most (1 + 2^-24)^(n + 1) times the exact sum of their
/// magnitudes: each product is rounded once, and then each sum with it. For n below 2^20
/// that power is less than 1 + (n + 1) 2^-23.
double Gain(std::span<const float> by_phase, std::int64_t length) {
  Check(length < 1 << 20, "rates that a filter can span");
  double gain = 0;
  for (std::size_t i = 0; i < by_phase.size(); i += length) {
    double sum = 0;
    for (const float tap : by_phase.subspan(i, length)) sum += std::abs(tap);
    gain = std::max(gain, sum);
  }
  return gain * (1 + std::ldexp(static_cast<double>(length + 1), -23));
}

}  // namespace

Resampler::Resampler(std::int64_t from_hz, std::int64_t to_hz) {
  Check(from_hz > 0 && to_hz > 0, "sample rates above 0");
  const std::int64_t common = std::gcd(from_hz, to_hz);
  up_ = to_hz / common;
  down_ = from_hz / common;
  if (up_ == down_) return;
  taps_ = LowpassTaps(up_, down_);
  length_ = CeilDiv(std::ssize(taps_), up_);
  by_phase_.resize(up_ * length_);
  const std::int64_t half = HalfLength(up_, down_);
  for (std::int64_t k = 0; k < up_; ++k) {
    first_inputs_.push_back(CeilDiv(k * down_ - half, up_));
    std::int64_t tap = half + k * down_ - first_inputs_.back() * up_;
    for (std::int64_t t = 0; t < length_ && tap >= 0; ++t, tap -= up_) {
      by_phase_[k * length_ + t] = taps_[tap];
    }
  }
  gain_ = Gain(by_phase_, length_);
}

std::int64_t Resampler::FirstInput(std::int64_t k) const {
  return first_inputs_[k % up_] + k / up_ * down_;
}

std::int64_t Resampler::OutputSize(std::int64_t n) const {
  return CeilDiv(n * up_, down_);
}

std::vector<float> Resampler::Run(std::span<const float> samples) const {
  return Range(samples, 0, OutputSize(std::ssize(samples)));
}

std::vector<float> Resampler::Range(std::span<const float> samples, std::int64_t first,
                                    std::int64_t count) const {
  if (up_ == down_) return {samples.begin() + first, samples.begin() + first + count};
  if (count < kFew * up_) {
    std::vector<float> out(count);
    Neighbours(samples, first, out);
    return out;
  }
  const std::int64_t turns = CeilDiv(count, up_);
  const std::int64_t begin = FirstInput(first);
  const std::int64_t inputs = FirstInput(first + turns * up_ - 1) + length_ - begin;
  const std::int64_t row_size = CeilDiv(inputs, down_);
  const std::vector<float> rows =
      Transposed(Padded(samples, begin, begin + row_size * down_), down_);
  std::vector<const float*> read(length_);
  std::vector<float> sums(up_ * turns);
  for (std::int64_t phase = 0; phase < up_; ++phase) {
    const std::int64_t offset = FirstInput(first + phase) - begin;
    for (std::int64_t t = 0; t < length_; ++t) {
      read[t] = rows.data() + (offset + t) % down_ * row_size + (offset + t) / down_;
    }
    Kernels().weighted_rows(length_, read.data(), TapsOf(first + phase), turns,
                            sums.data() + phase * turns);
  }
  std::vector<float> out = Transposed(sums, turns);
  out.resize(count);
  return out;
}

/// Eight sums at a time, so that one doesn't wait for the other.
void Resampler::Neighbours(std::span<const float> samples, std::int64_t k,
                           std::span<float> out) const {
  constexpr std::size_t kAtOnce = 8;
  if (out.empty()) return;
  const std::int64_t begin = FirstInput(k);
  const std::int64_t end = FirstInput(k + std::ssize(out) - 1) + length_;
  const bool inside = begin >= 0 && end <= std::ssize(samples);
  const std::vector<float> padded =
      inside ? std::vector<float>() : Padded(samples, begin, end);
  const float* inputs = inside ? samples.data() + begin : padded.data();
  std::int64_t phase = k % up_;
  std::int64_t turn = k / up_ * down_ - begin;
  std::array<const float*, kAtOnce> from{};
  std::array<const float*, kAtOnce> taps{};
  from.fill(inputs);
  taps.fill(TapsOf(k));
  for (std::size_t i = 0; i < out.size(); i += kAtOnce) {
    const std::size_t some = std::min(kAtOnce, out.size() - i);
    for (std::size_t s = 0; s < some; ++s) {
      from[s] = inputs + first_inputs_[phase] + turn;
      taps[s] = TapsOf(phase);
      if (++phase < up_) continue;
      phase = 0;
      turn += down_;
    }
    std::array<float, kAtOnce> sums{};
    for (std::int64_t t = 0; t < length_; ++t) {
      for (std::size_t s = 0; s < kAtOnce; ++s) sums[s] += from[s][t] * taps[s][t];
    }
    std::ranges::copy_n(sums.begin(), static_cast<std::ptrdiff_t>(some), &out[i]);
  }
}

std::vector<Resampler::Block> Resampler::Louder(std::span<const float> samples,
                                                float known) const {
  // What underflows in a sum, at most 2^-150 a product, is far below this.
  constexpr double kUnderflow = 1e-38;
  const std::vector<float> maxima = MaximaOfGroups(samples);
  const double step = static_cast<double>(down_) / static_cast<double>(up_);
  // Without divisions: a sample more at each side does no harm.
  const auto input = [&](std::int64_t k, std::int64_t beside) {
    const auto centre = static_cast<std::int64_t>(static_cast<double>(k) * step);
    return std::clamp<std::int64_t>(centre + beside, 0, std::ssize(samples));
  };
  const std::int64_t reach = length_ / 2 + 2;
  const std::int64_t outputs = OutputSize(std::ssize(samples));
  std::vector<Block> blocks;
  for (std::int64_t first = 0; first < outputs; first += kGroup) {
    const std::int64_t end = std::min(first + kGroup, outputs);
    const auto from = maxima.begin() + input(first, -reach) / kGroup;
    const auto to = maxima.begin() + CeilDiv(input(end, reach), kGroup);
    const float largest = *std::max_element(from, to);
    const double bound = largest == 0 ? 0 : gain_ * largest + kUnderflow;
    if (bound > known) blocks.push_back({bound, first, end});
  }
  return blocks;
}

float Resampler::PeakBeside(std::span<const float> samples, std::int64_t first,
                            std::int64_t count, float known) const {
  if (up_ == down_) return std::max(known, LargestMagnitude(samples));
  std::vector<Block> blocks = Louder(samples, known);
  std::erase_if(blocks, [&](const Block& block) {
    return block.first >= first && block.end <= first + count;
  });
  std::ranges::sort(blocks, std::greater<>(), &Block::bound);
  float peak = known;
  for (const Block& block : blocks) {
    if (block.bound <= peak) break;
    std::array<float, kGroup> out{};
    Neighbours(samples, block.first, std::span(out).first(block.end - block.first));
    peak = std::max(peak, LargestMagnitude(out));
  }
  return peak;
}

const Resampler& Resamplers::From(std::int64_t from_hz) {
  const std::scoped_lock lock(mutex_);
  std::unique_ptr<const Resampler>& resampler = by_rate_[from_hz];
  if (resampler == nullptr) resampler = std::make_unique<Resampler>(from_hz, to_hz_);
  return *resampler;
}

}  // namespace kinglet
