// Fixed-point arithmetic of the integer kernels (docs/numerics.md, rules 7 and 8). The
// files compiled for one instruction set have vectors of their own instead.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/int_arguments.h"

namespace kinglet {

/// The multiplier of a real factor (rule 7.1): zero below 2^-32, as large as can be from
/// 2^31 on, with single rounding from 2^30 on.
Multiplier QuantizeMultiplier(double factor, Rounding rounding);

/// round(2 a b / 2^32), ties toward positive infinity; -2^31 times itself saturates.
inline std::int32_t DoublingHighMul(std::int32_t a, std::int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return static_cast<std::int32_t>((std::int64_t{a} * b + (std::int64_t{1} << 30)) >> 31);
}

/// round(x / 2^exponent), ties away from zero. REQUIRES: exponent in [0, 62].
inline std::int32_t RoundedShift(std::int64_t x, int exponent) {
  const std::int64_t mask = (std::int64_t{1} << exponent) - 1;
  const std::int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return static_cast<std::int32_t>(x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/// x * 2^exponent, modulo 2^32.
inline std::int32_t WrappingShift(std::int32_t x, int exponent) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << exponent);
}

/// x * 2^exponent, saturated.
inline std::int32_t SaturatingShift(std::int32_t x, int exponent) {
  const std::int64_t wide = std::int64_t{x} * (std::int64_t{1} << exponent);
  if (wide > INT32_MAX) return INT32_MAX;
  return wide < INT32_MIN ? INT32_MIN : static_cast<std::int32_t>(wide);
}

/// Rule 7.2.
inline std::int32_t Multiply(std::int32_t x, Multiplier m, Rounding rounding) {
  if (rounding == Rounding::kSingle) {
    const int total = 31 - m.shift;
    return static_cast<std::int32_t>(
        (std::int64_t{x} * m.value + (std::int64_t{1} << (total - 1))) >> total);
  }
  const int left = m.shift > 0 ? m.shift : 0;
  const int right = m.shift > 0 ? 0 : -m.shift;
  return RoundedShift(DoublingHighMul(WrappingShift(x, left), m.value), right);
}

/// Of sums of 16-bit activations: the multiplier has 16 bits, there is one rounding.
inline std::int32_t Multiply(std::int64_t x, Multiplier m, Rounding /*rounding*/) {
  const std::int64_t reduced =
      m.value < 0x7FFF0000 ? (m.value + (1 << 15)) >> 16 : 0x7FFF;
  const int total = m.shift < 15 ? 15 - m.shift : 1;
  return static_cast<std::int32_t>((x * reduced + (std::int64_t{1} << (total - 1))) >>
                                   total);
}

/// Halves away from zero, saturated.
inline std::int32_t RoundedToInt(double x) {
  const double rounded = std::round(x);
  if (rounded >= 2147483647.0) return INT32_MAX;
  return rounded <= -2147483648.0 ? INT32_MIN : static_cast<std::int32_t>(rounded);
}

/// e^a for a <= 0 with `integer_bits` integer bits, as a fraction of 2^31.
std::int32_t ExpOfNegative(std::int32_t a, int integer_bits);

/// 1 / (1 + x), both fractions of 2^31. REQUIRES: x >= 0.
std::int32_t OneOverOnePlus(std::int32_t x);

/// 1 / sqrt(x); of x < 2 that of 1.
Multiplier InverseSquareRoot(std::int32_t x);

/// ln x for x >= 1 with 12 integer bits, the result with 5.
std::int32_t LogOfSum(std::int32_t x);

}  // namespace kinglet
