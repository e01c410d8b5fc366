// Polyphase resampling with the arithmetic of scipy.signal.resample_poly (1.8 and later).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace kinglet {

/// From one sample rate to another. With g = gcd(from, to), up = to / g, down = from / g:
///   y[k] = sum over p, ascending, of x[p] * h[H + k * down - p * up]
/// each product and sum rounded to float32; h is a Kaiser-windowed sinc, beta 5, of half
/// length H = 10 max(up, down).
class Resampler {
 public:
  /// REQUIRES: rates above 0.
  Resampler(std::int64_t from_hz, std::int64_t to_hz);

  /// 2 H + 1 taps, float32 values times up.
  [[nodiscard]] const std::vector<float>& taps() const { return taps_; }

  /// ceil(n * up / down) samples; the same samples when the rates are equal.
  [[nodiscard]] std::vector<float> Run(std::span<const float> samples) const;

 private:
  void RunPhase(std::size_t phase, std::span<const float> samples,
                std::span<const float> rows, std::size_t row_length,
                std::span<float> out) const;

  std::int64_t up_ = 1;
  std::int64_t down_ = 1;
  std::vector<float> taps_;
};

/// Resamplers to one rate, made once a source rate. Safe from many threads.
class Resamplers {
 public:
  explicit Resamplers(std::int64_t to_hz) : to_hz_(to_hz) {}
  const Resampler& From(std::int64_t from_hz);

 private:
  std::int64_t to_hz_;
  std::mutex mutex_;
  std::map<std::int64_t, std::unique_ptr<const Resampler>> by_rate_;
};

}  // namespace kinglet
