// mel(f) = f / (200 / 3) below 1000 Hz, above it logarithmic with 27 steps to 6.4 times
// the frequency. Weights are rounded to float32 twice: as triangles, and after they were
// divided by half their width. (librosa.filters.mel; formulas in double.)
#include "frontend/mel_filterbank.h"

#include <algorithm>
#include <cmath>

namespace kinglet {
namespace {

constexpr double kLowestHz = 150.0;
constexpr double kHzPerMel = 200.0 / 3;
constexpr double kLogFromHz = 1000.0;
constexpr double kLogFromMel = kLogFromHz / kHzPerMel;

double LogStep() { return std::log(6.4) / 27.0; }

double MelOf(double hz) {
  if (hz < kLogFromHz) return hz / kHzPerMel;
  return kLogFromMel + std::log(hz / kLogFromHz) / LogStep();
}

double HzOf(double mel) {
  if (mel < kLogFromMel) return kHzPerMel * mel;
  return kLogFromHz * std::exp(LogStep() * (mel - kLogFromMel));
}

/// Corners of the triangles: bands + 2 frequencies, evenly spaced in mel.
std::vector<double> Corners(std::int64_t bands, double highest_hz) {
  const double low = MelOf(kLowestHz);
  const double high = MelOf(highest_hz);
  const double step = (high - low) / static_cast<double>(bands + 1);
  std::vector<double> corners;
  for (std::int64_t i = 0; i <= bands; ++i) {
    corners.push_back(HzOf(low + static_cast<double>(i) * step));
  }
  corners.push_back(HzOf(high));
  return corners;
}

float Weight(double hz, std::span<const double> corners) {
  const double rising = (hz - corners[0]) / (corners[1] - corners[0]);
  const double falling = (corners[2] - hz) / (corners[2] - corners[1]);
  const auto triangle = static_cast<float>(std::max(0.0, std::min(rising, falling)));
  return static_cast<float>(static_cast<double>(triangle) *
                            (2.0 / (corners[2] - corners[0])));
}

}  // namespace

MelFilterbank::MelFilterbank(std::int64_t sample_rate_hz, std::int64_t fft_length,
                             std::int64_t bands)
    : bins_(fft_length / 2 + 1) {
  // A whole number, as the training project passes it.
  const std::int64_t half_rate_hz = sample_rate_hz / 2;
  const auto highest_hz = static_cast<double>(half_rate_hz);
  const std::vector<double> corners = Corners(bands, highest_hz);
  const double bin_hz = 1.0 / (static_cast<double>(fft_length) *
                               (1.0 / static_cast<double>(sample_rate_hz)));
  for (std::int64_t band = 0; band < bands; ++band) {
    Filter filter;
    for (std::size_t bin = 0; bin < bins_; ++bin) {
      const float weight =
          Weight(static_cast<double>(bin) * bin_hz, std::span(corners).subspan(band, 3));
      if (weight == 0) continue;
      if (filter.weights.empty()) filter.first_bin = bin;
      filter.weights.resize(bin - filter.first_bin);
      filter.weights.push_back(weight);
    }
    filters_.push_back(std::move(filter));
  }
}

std::vector<float> MelFilterbank::Dense() const {
  std::vector<float> dense(filters_.size() * bins_);
  for (std::size_t band = 0; band < filters_.size(); ++band) {
    std::ranges::copy(filters_[band].weights,
                      &dense[band * bins_ + filters_[band].first_bin]);
  }
  return dense;
}

std::vector<float> MelFilterbank::Apply(std::span<const float> spectra) const {
  const std::size_t frames = spectra.size() / bins_;
  std::vector<float> mel;
  mel.reserve(filters_.size() * frames);
  for (const Filter& filter : filters_) {
    for (std::size_t t = 0; t < frames; ++t) {
      const float* spectrum = spectra.data() + t * bins_ + filter.first_bin;
      float sum = 0;
      for (std::size_t i = 0; i < filter.weights.size(); ++i) {
        sum += spectrum[i] * filter.weights[i];
      }
      mel.push_back(sum);
    }
  }
  return mel;
}

}  // namespace kinglet
