// kissfft on numbers that are several doubles side by side: each lane goes through the
// operations of the scalar transform, so its bits are those of kissfft<double>.
#pragma once

#include <algorithm>
#include <kissfft/kissfft.hh>
#include <memory>
#include <type_traits>
#include <vector>

#include "kernels/fourier.h"
#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

/// Doubles in one number: a register full, or two where it holds only two.
constexpr Size kDoubleLanes =
    std::max<Size>(4, static_cast<Size>(hn::MaxLanes(hn::ScalableTag<double>())));

/// kDoubleLanes doubles as one number. kissfft makes its factors with functions of
/// <cmath>: for those a number whose lanes are equal is a double.
class Lanes {
 public:
  using Doubles = double __attribute__((vector_size(kDoubleLanes * sizeof(double))));

  Lanes() = default;
  template <typename T>
  requires std::is_arithmetic_v<T> Lanes(T x)
      : lanes_(Doubles{} + static_cast<double>(x)) {}  // NOLINT(google-explicit*)
  explicit Lanes(Doubles lanes) : lanes_(lanes) {}

  operator double() const { return lanes_[0]; }  // NOLINT(google-explicit-constructor)
  double operator[](Size lane) const { return lanes_[lane]; }

  Lanes operator-() const { return Lanes(-lanes_); }
  Lanes& operator+=(Lanes b) { return *this = Lanes(lanes_ + b.lanes_); }
  Lanes& operator-=(Lanes b) { return *this = Lanes(lanes_ - b.lanes_); }
  Lanes& operator*=(Lanes b) { return *this = Lanes(lanes_ * b.lanes_); }
  Lanes& operator/=(Lanes b) { return *this = Lanes(lanes_ / b.lanes_); }

 private:
  Doubles lanes_{};
};

template <typename A, typename B>
concept OneIsLanes = (std::is_same_v<A, Lanes> && std::is_convertible_v<B, Lanes>) ||
                     (std::is_same_v<B, Lanes> && std::is_convertible_v<A, Lanes>);

template <typename A, typename B>
requires OneIsLanes<A, B> HWY_INLINE Lanes operator+(A a, B b) {
  return Lanes(a) += Lanes(b);
}
template <typename A, typename B>
requires OneIsLanes<A, B> HWY_INLINE Lanes operator-(A a, B b) {
  return Lanes(a) -= Lanes(b);
}
template <typename A, typename B>
requires OneIsLanes<A, B> HWY_INLINE Lanes operator*(A a, B b) {
  return Lanes(a) *= Lanes(b);
}
template <typename A, typename B>
requires OneIsLanes<A, B> HWY_INLINE Lanes operator/(A a, B b) {
  return Lanes(a) /= Lanes(b);
}

class LanesFourier : public RealFourier {
 public:
  explicit LanesFourier(Size n)
      : fft_(static_cast<std::size_t>(n) / 2, false), frames_(n), spectra_(n / 2 + 1) {}

  void Run(const float* const* frames, const double* window, float* re,
           float* im) override {
    static_assert(kFrames % kDoubleLanes == 0);
    const auto bins = static_cast<Size>(spectra_.size());
    for (Size f = 0; f < kFrames; f += kDoubleLanes) {
      RunSome(frames + f, window);
      for (Size k = 0; k < bins; ++k) {
        for (Size lane = 0; lane < kDoubleLanes; ++lane) {
          re[(f + lane) * bins + k] = static_cast<float>(spectra_[k].real()[lane]);
          im[(f + lane) * bins + k] = static_cast<float>(spectra_[k].imag()[lane]);
        }
      }
    }
  }

 private:
  void RunSome(const float* const* frames, const double* window) {
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      Lanes::Doubles samples;
      for (Size lane = 0; lane < kDoubleLanes; ++lane) samples[lane] = frames[lane][i];
      frames_[i] = Lanes(samples) * window[i];
    }
    fft_.transform_real(frames_.data(), spectra_.data());
    // The first result holds the two real bins.
    const std::complex<Lanes> ends = spectra_.front();
    spectra_.front() = {ends.real(), 0};
    spectra_.back() = {ends.imag(), 0};
  }

  kissfft<Lanes> fft_;
  std::vector<Lanes> frames_;
  std::vector<std::complex<Lanes>> spectra_;
};

std::unique_ptr<RealFourier> NewRealFourier(Size n) {
  return std::make_unique<LanesFourier>(n);
}

}  // namespace
}  // namespace kinglet
