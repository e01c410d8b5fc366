// e^a is the product of e^-1/4 steps and of a Taylor polynomial around -1/8; 1 / (1 + x)
// comes from three Newton steps; 1 / sqrt(x) from five, of x scaled to [1/4, 1); the
// logarithm is a rational function of the fraction, scaled to around 2^-1/4. Qm.n: m
// integer and n fractional bits beside the sign.
#include "kernels/fixed_point.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kinglet {
namespace {

// e^(-2^k) for k = -2 to 4, in Q0.31.
constexpr std::int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308,
                                             39332535,   720401,     242};
constexpr std::int32_t kExpOfMinusEighth = 1895147668;
constexpr std::int32_t kThird = 715827883;
constexpr std::int32_t kOneInQ2 = 1 << 29;
constexpr std::int32_t kRootOfHalf = 1518500250;        // sqrt(1/2)
constexpr std::int32_t kFourthRootOfHalf = 1805811301;  // 2^-1/4
constexpr std::int32_t kLogOfTwo = 1488522236;          // ln 2
// With t = 2^1/4: 11/240 t, t / 20, 2 / t - t, t / 4.
constexpr std::int32_t kNumeratorCubic = 117049297;
constexpr std::int32_t kDenominatorSquare = 127690142;
constexpr std::int32_t kDenominatorConstant = 1057819769;
constexpr std::int32_t kDenominatorLinear = 638450708;

std::int32_t Saturated(std::int64_t x) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(x, INT32_MIN, INT32_MAX));
}

/// (a + b) / 2, halves away from zero.
std::int32_t HalfSum(std::int32_t a, std::int32_t b) {
  const std::int64_t sum = std::int64_t{a} + b;
  return static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/// e^a for a in [-1/4, 0), all in Q0.31.
std::int32_t ExpNearZero(std::int32_t a) {
  const std::int32_t x = a + (1 << 28);
  const std::int32_t x2 = DoublingHighMul(x, x);
  const std::int32_t x3 = DoublingHighMul(x2, x);
  const std::int32_t x4 = DoublingHighMul(x2, x2);
  const std::int32_t tail =
      RoundedShift(DoublingHighMul(RoundedShift(x4, 2) + x3, kThird) + x2, 1);
  return kExpOfMinusEighth + DoublingHighMul(kExpOfMinusEighth, x + tail);
}

}  // namespace

Multiplier QuantizeMultiplier(double factor, Rounding rounding) {
  if (factor == 0.0) return {};
  int shift = 0;
  const double fraction = std::frexp(factor, &shift);
  auto value = static_cast<std::int64_t>(std::round(fraction * 2147483648.0));
  if (value == std::int64_t{1} << 31) {
    value /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  const int highest = rounding == Rounding::kSingle ? 30 : 31;
  if (shift > highest) return {INT32_MAX, highest};
  return {static_cast<std::int32_t>(value), shift};
}

std::int32_t ExpOfNegative(std::int32_t a, int integer_bits) {
  if (a == 0) return INT32_MAX;
  const int fraction_bits = 31 - integer_bits;
  const std::int32_t quarter = 1 << (fraction_bits - 2);
  const std::int32_t rest = (a & (quarter - 1)) - quarter;
  std::int32_t result = ExpNearZero(WrappingShift(rest, integer_bits));
  const std::int32_t quarters = rest - a;
  for (int k = -2; k < integer_bits && k <= 4; ++k) {
    if ((quarters & (1 << (fraction_bits + k))) == 0) continue;
    result = DoublingHighMul(result, kExpOfMinusPower[k + 2]);
  }
  return result;
}

std::int32_t OneOverOnePlus(std::int32_t x) {
  const auto half = static_cast<std::int32_t>((std::int64_t{x} + INT32_MAX + 1) / 2);
  // 48/17 - 32/17 half, in Q2.29.
  std::int32_t z = 1515870810 + DoublingHighMul(half, -1010580540);
  for (int step = 0; step < 3; ++step) {
    const std::int32_t error = kOneInQ2 - DoublingHighMul(half, z);
    z += SaturatingShift(DoublingHighMul(z, error), 2);
  }
  return SaturatingShift(z, 1);
}

Multiplier InverseSquareRoot(std::int32_t x) {
  if (x <= 1) return {INT32_MAX, 0};
  int right_shift = 11;
  while (x >= 1 << 29) {
    x /= 4;
    ++right_shift;
  }
  const int pairs = (std::countl_zero(static_cast<std::uint32_t>(x)) - 1) / 2 - 1;
  right_shift -= pairs;
  // In Q3.28 from here on.
  const std::int32_t scaled = WrappingShift(x, 2 * pairs) >> 1;
  const std::int32_t half = RoundedShift(scaled, 1);
  constexpr std::int32_t kThreeHalves = 3 << 27;
  std::int32_t root = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const std::int32_t square = DoublingHighMul(root, root);
    const std::int32_t cube = SaturatingShift(DoublingHighMul(square, root), 6);
    const std::int32_t next =
        DoublingHighMul(kThreeHalves, root) - DoublingHighMul(half, cube);
    root = SaturatingShift(next, 3);
  }
  root = DoublingHighMul(root, kRootOfHalf);
  if (right_shift < 0) return {WrappingShift(root, -right_shift), 0};
  return {root, -right_shift};
}

std::int32_t LogOfSum(std::int32_t x) {
  constexpr int kInputBits = 12;
  constexpr int kResultBits = 5;
  constexpr int kFraction = 31 - (kResultBits + 1);  // of sums, with a bit of headroom
  const auto power = [](int exponent, int quarters) {
    const std::int64_t whole = SaturatingShift(exponent, kFraction);
    return Saturated(whole + (std::int64_t{quarters} << (kFraction - 2)));
  };
  const auto headroom = [](std::int32_t z) {
    return std::countl_zero(static_cast<std::uint32_t>(z)) - 1;
  };
  // The fraction that is smaller of two: after scaling by a power of two, and after
  // scaling by one times sqrt(1/2).
  const int shift_a = headroom(x);
  const int shift_b = headroom(DoublingHighMul(x, kRootOfHalf));
  const std::int32_t a =
      SaturatingShift(DoublingHighMul(SaturatingShift(x, shift_a), kRootOfHalf), 1);
  const std::int32_t b = SaturatingShift(x, shift_b);
  const std::int32_t r = std::min(a, b);
  const std::int32_t exponent =
      std::max(power(kInputBits - shift_a - 1, 1), power(kInputBits - shift_b, -1));

  const std::int32_t p = HalfSum(r, kFourthRootOfHalf);
  const std::int32_t q = WrappingShift(r - kFourthRootOfHalf, 1);
  const std::int32_t square = DoublingHighMul(q, q);
  const std::int32_t numerator =
      DoublingHighMul(q, r) +
      DoublingHighMul(DoublingHighMul(q, square), kNumeratorCubic);
  const std::int32_t denominator =
      DoublingHighMul(
          p, kDenominatorConstant + q + DoublingHighMul(kDenominatorSquare, square)) +
      DoublingHighMul(kDenominatorLinear, q);
  const std::int32_t scaled = RoundedShift(numerator, kResultBits + 1);
  const std::int32_t sum = DoublingHighMul(exponent, kLogOfTwo) +
                           DoublingHighMul(scaled, OneOverOnePlus(denominator));
  return SaturatingShift(sum, 1);
}

}  // namespace kinglet
