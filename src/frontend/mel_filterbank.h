// Triangular mel filters on Slaney's scale with Slaney's area normalization.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kinglet {

/// `bands` filters from 150 Hz to half the sample rate, over fft_length / 2 + 1 bins.
class MelFilterbank {
 public:
  /// REQUIRES: all above 0, half the sample rate above 150 Hz.
  MelFilterbank(std::int64_t sample_rate_hz, std::int64_t fft_length, std::int64_t bands);

  /// [band][bin]
  [[nodiscard]] std::vector<float> Dense() const;

  /// Spectra [frame][bin] to [band][frame]: float32 sums of float32 products over
  /// ascending bins of weight other than 0.
  [[nodiscard]] std::vector<float> Apply(std::span<const float> spectra) const;

 private:
  /// Neighbouring weights that are not all 0.
  struct Filter {
    std::size_t first_bin = 0;
    std::vector<float> weights;
  };

  std::size_t bins_;
  std::vector<Filter> filters_;
};

}  // namespace kinglet
