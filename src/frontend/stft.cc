#include "frontend/stft.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kernels/kernels.h"

namespace kinglet {
namespace {

constexpr std::int64_t kFrames = RealFourier::kFrames;

/// `before` zeros, the samples, and zeros up to `count` or more.
std::vector<float> Padded(std::span<const float> samples, std::int64_t before,
                          std::int64_t count) {
  std::vector<float> padded(std::max(count, before + std::ssize(samples)));
  std::ranges::copy(samples, padded.begin() + before);
  return padded;
}

}  // namespace

Stft::Stft(std::int64_t fft_length) : window_(fft_length) {
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const double turn = static_cast<double>(i) / static_cast<double>(fft_length);
    window_[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
  }
}

std::vector<float> Stft::Magnitudes(std::span<const float> samples, std::int64_t hop,
                                    std::int64_t frames) const {
  const auto n = static_cast<std::int64_t>(window_.size());
  const auto width = static_cast<std::int64_t>(bins());
  const std::vector<float> padded = Padded(samples, n / 2, (frames - 1) * hop + n);
  const auto fourier = Kernels().real_fourier(n);
  std::vector<float> re(kFrames * width);
  std::vector<float> im(kFrames * width);
  std::vector<float> magnitudes(frames * width);
  for (std::int64_t t = 0; t < frames; t += kFrames) {
    const std::int64_t some = std::min(kFrames, frames - t);
    std::array<const float*, kFrames> from{};
    for (std::int64_t f = 0; f < kFrames; ++f) {
      from[f] = padded.data() + (t + std::min(f, some - 1)) * hop;
    }
    fourier->Run(from.data(), window_.data(), re.data(), im.data());
    Kernels().magnitudes(some * width, re.data(), im.data(),
                         magnitudes.data() + t * width);
  }
  return magnitudes;
}

}  // namespace kinglet
