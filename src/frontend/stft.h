// Short-time Fourier transform as librosa 0.9 and later compute it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kinglet {

/// Frames of `fft_length` samples under a periodic Hann window; frame t is centred on
/// sample t * hop, with zeros beyond the signal. Window and transform are in double; the
/// real and the imaginary part are rounded to float32. Safe from many threads.
class Stft {
 public:
  /// REQUIRES: fft_length even and above 0.
  explicit Stft(std::int64_t fft_length);

  /// fft_length / 2 + 1.
  [[nodiscard]] std::size_t bins() const { return window_.size() / 2 + 1; }
  /// 0.5 - 0.5 cos(2 pi i / fft_length)
  [[nodiscard]] const std::vector<double>& window() const { return window_; }

  /// |X| of `frames` frames, rounded once, as [frame][bin].
  /// REQUIRES: hop > 0.
  [[nodiscard]] std::vector<float> Magnitudes(std::span<const float> samples,
                                              std::int64_t hop,
                                              std::int64_t frames) const;

 private:
  std::vector<double> window_;
};

}  // namespace kinglet
