// Transforms of real signals, several at once.
#pragma once

#include "kernels/arguments.h"

namespace kinglet {

/// The discrete Fourier transform of kFrames real frames of one even length n at once.
/// Holds the memory that it works in: one a thread.
class RealFourier {
 public:
  static constexpr Size kFrames = 8;

  RealFourier() = default;
  RealFourier(const RealFourier&) = delete;
  RealFourier& operator=(const RealFourier&) = delete;
  virtual ~RealFourier() = default;

  /// X[k] = sum over i of window[i] * frame[i] * exp(-2 pi j i k / n), k from 0 to n / 2,
  /// in double, its real and imaginary part rounded to float32: re and im are
  /// [kFrames][n / 2 + 1].
  virtual void Run(const float* const* frames, const double* window, float* re,
                   float* im) = 0;
};

}  // namespace kinglet
