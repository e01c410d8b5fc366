#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <kissfft/kissfft.hh>
#include <vector>

#include "kernels/portable.h"

namespace kinglet::portable {
namespace {

/// One frame after the other.
class PlainFourier : public RealFourier {
 public:
  explicit PlainFourier(Size n)
      : fft_(static_cast<std::size_t>(n) / 2, false), frame_(n), spectrum_(n / 2 + 1) {}

  void Run(const float* const* frames, const double* window, float* re,
           float* im) override {
    for (Size f = 0; f < kFrames; ++f) {
      RunOne(frames[f], window);
      for (const std::complex<double> bin : spectrum_) {
        *re++ = static_cast<float>(bin.real());
        *im++ = static_cast<float>(bin.imag());
      }
    }
  }

 private:
  void RunOne(const float* frame, const double* window) {
    for (std::size_t i = 0; i < frame_.size(); ++i) frame_[i] = window[i] * frame[i];
    fft_.transform_real(frame_.data(), spectrum_.data());
    // The first result holds the two real bins.
    const std::complex<double> ends = spectrum_.front();
    spectrum_.front() = ends.real();
    spectrum_.back() = ends.imag();
  }

  kissfft<double> fft_;
  std::vector<double> frame_;
  std::vector<std::complex<double>> spectrum_;
};

}  // namespace

float LargestMagnitudeOf(Size n, const float* in) {
  // Bits of floats without their sign are ordered like the floats, infinity and NaN last.
  constexpr std::int32_t kWithoutSign = 0x7FFFFFFF;
  std::int32_t largest = 0;
  for (Size i = 0; i < n; ++i) {
    largest = std::max(largest, std::bit_cast<std::int32_t>(in[i]) & kWithoutSign);
  }
  return std::bit_cast<float>(largest);
}

void GroupMaxima(Size groups, const float* in, float* out) {
  for (Size g = 0; g < groups; ++g) {
    out[g] = LargestMagnitudeOf(kGroupSize, in + g * kGroupSize);
  }
}

std::unique_ptr<RealFourier> NewRealFourier(Size n) {
  return std::make_unique<PlainFourier>(n);
}

void Magnitudes(Size n, const float* re, const float* im, float* out) {
  for (Size i = 0; i < n; ++i) {
    const double x = re[i];
    const double y = im[i];
    out[i] = static_cast<float>(std::sqrt(x * x + y * y));
  }
}

void WeightedRows(Size count, const float* const* rows, const float* weights, Size n,
                  float* out) {
  for (Size i = 0; i < n; ++i) {
    float sum = 0.0F;
    for (Size t = 0; t < count; ++t) sum += rows[t][i] * weights[t];
    out[i] = sum;
  }
}

}  // namespace kinglet::portable
