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
/// length H = 10 max(up, down). Samples are finite.
class Resampler {
 public:
  /// REQUIRES: rates above 0.
  Resampler(std::int64_t from_hz, std::int64_t to_hz);

  /// 2 H + 1 taps, float32 values times up; none when the rates are equal.
  [[nodiscard]] const std::vector<float>& taps() const { return taps_; }

  /// ceil(n * up / down), the outputs that n samples give.
  [[nodiscard]] std::int64_t OutputSize(std::int64_t n) const;

  /// All outputs; the same samples when the rates are equal.
  [[nodiscard]] std::vector<float> Run(std::span<const float> samples) const;

  /// Outputs first, first + 1, ..., `count` of them, as Run gives them.
  [[nodiscard]] std::vector<float> Range(std::span<const float> samples,
                                         std::int64_t first, std::int64_t count) const;

  /// The largest magnitude among the outputs below `first`, those from `first + count` on
  /// and `known`; outputs that can't be it are not computed.
  [[nodiscard]] float PeakBeside(std::span<const float> samples, std::int64_t first,
                                 std::int64_t count, float known) const;

 private:
  /// Outputs [first, end), none of them above `bound`.
  struct Block {
    double bound;
    std::int64_t first;
    std::int64_t end;
  };
  /// The blocks that may hold an output above `known`.
  [[nodiscard]] std::vector<Block> Louder(std::span<const float> samples,
                                          float known) const;
  /// The sums of outputs k, k + 1, ...
  void Neighbours(std::span<const float> samples, std::int64_t k,
                  std::span<float> out) const;
  [[nodiscard]] std::int64_t FirstInput(std::int64_t k) const;
  [[nodiscard]] const float* TapsOf(std::int64_t k) const {
    return by_phase_.data() + k % up_ * length_;
  }

  std::int64_t up_ = 1;
  std::int64_t down_ = 1;
  std::vector<float> taps_;
  std::int64_t length_ = 0;                 ///< taps of one output
  std::vector<float> by_phase_;             ///< [up][length], in order of input
  std::vector<std::int64_t> first_inputs_;  ///< of outputs below up
  double gain_ = 0;  ///< |output| <= gain * the largest |sample| that it reads
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
