// Softmax and its logarithm over rows of int8 values (docs/numerics.md, rule 8.9).
#pragma once

#include <array>
#include <cstdint>

#include "kernels/int_arguments.h"

namespace kinglet {

/// The distances d of values of a row to its largest, as Q5.26 of beta * scale * d.
class IntDistances {
 public:
  IntDistances(double beta, double scale);

  /// The largest distance that is told from infinity.
  [[nodiscard]] std::int32_t radius() const { return radius_; }
  /// The factor of d.
  [[nodiscard]] const Multiplier& multiplier() const { return multiplier_; }
  /// -beta * scale * d. REQUIRES: d in [0, radius].
  [[nodiscard]] std::int32_t Scaled(std::int32_t d) const;

 private:
  Multiplier multiplier_;
  std::int32_t radius_ = 0;
};

/// By distance: e^(-beta * scale * d) in Q0.31; 0 beyond the radius.
using IntExponentials = std::array<std::int32_t, 256>;

/// Immutable and safe to run from many threads.
class IntSoftmax {
 public:
  /// Softmax of beta * scale * q.
  IntSoftmax(double beta, double scale);

  /// Results of scale 1/256 and zero point -128.
  void Run(Size rows, Size columns, const std::int8_t* in, std::int8_t* out) const;

 private:
  IntExponentials exponentials_;
};

/// Logarithm of the softmax. Immutable and safe to run from many threads.
class IntLogSoftmax {
 public:
  IntLogSoftmax(double scale, Rounding rounding);

  /// Results of scale 16/256 and zero point 127.
  void Run(Size rows, Size columns, const std::int8_t* in, std::int8_t* out) const;

 private:
  IntDistances distances_;
  Multiplier from_scaled_;  ///< back to distances
  Rounding rounding_;
  IntExponentials exponentials_;
};

}  // namespace kinglet
