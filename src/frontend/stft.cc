// A real transform of n samples by a complex one of n / 2 (kissfft). Its first result
// holds the two real bins: 0 as the real part, n / 2 as the imaginary one.
#include "frontend/stft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kinglet {
namespace {

float Magnitude(std::complex<double> bin) {
  const double re = static_cast<float>(bin.real());
  const double im = static_cast<float>(bin.imag());
  return static_cast<float>(std::sqrt(re * re + im * im));
}

}  // namespace

Stft::Stft(std::int64_t fft_length)
    : window_(fft_length), fft_(static_cast<std::size_t>(fft_length) / 2, false) {
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const double turn = static_cast<double>(i) / static_cast<double>(fft_length);
    window_[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
  }
}

Stft::Scratch Stft::NewScratch() const {
  return {std::vector<double>(window_.size()), std::vector<std::complex<double>>(bins())};
}

void Stft::Transform(std::span<const float> samples, std::int64_t centre,
                     Scratch& scratch) const {
  const auto n = static_cast<std::int64_t>(window_.size());
  const std::int64_t start = centre - n / 2;
  const auto from = std::clamp<std::int64_t>(-start, 0, n);
  const auto to = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(samples.size()) - start, from, n);
  std::fill(scratch.frame.begin(), scratch.frame.end(), 0.0);
  for (std::int64_t i = from; i < to; ++i) {
    scratch.frame[i] = window_[i] * static_cast<double>(samples[start + i]);
  }
  fft_.transform_real(scratch.frame.data(), scratch.spectrum.data());
  const std::complex<double> ends = scratch.spectrum.front();
  scratch.spectrum.front() = ends.real();
  scratch.spectrum.back() = ends.imag();
}

std::vector<std::complex<float>> Stft::Frame(std::span<const float> samples,
                                             std::int64_t centre) const {
  Scratch scratch = NewScratch();
  Transform(samples, centre, scratch);
  return {scratch.spectrum.begin(), scratch.spectrum.end()};
}

std::vector<float> Stft::Magnitudes(std::span<const float> samples, std::int64_t hop,
                                    std::int64_t frames) const {
  Scratch scratch = NewScratch();
  std::vector<float> magnitudes;
  magnitudes.reserve(static_cast<std::size_t>(frames) * bins());
  for (std::int64_t t = 0; t < frames; ++t) {
    Transform(samples, t * hop, scratch);
    std::ranges::transform(scratch.spectrum, std::back_inserter(magnitudes), Magnitude);
  }
  return magnitudes;
}

}  // namespace kinglet
