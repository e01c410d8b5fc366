// e^a is the product of e^-1/4 steps and of a Taylor polynomial around -1/8; 1 / (1 + x)
// comes from three Newton steps. Qm.n: m integer and n fractional bits beside the sign.
#include "kernels/fixed_point.h"

#include <cmath>

namespace kinglet {
namespace {

// e^(-2^k) for k = -2 to 4, in Q0.31.
constexpr std::int32_t kExpOfMinusPower[] = {1672461947, 1302514674, 790015084, 290630308,
                                             39332535,   720401,     242};
constexpr std::int32_t kExpOfMinusEighth = 1895147668;
constexpr std::int32_t kThird = 715827883;
constexpr std::int32_t kOneInQ2 = 1 << 29;

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

}  // namespace kinglet
