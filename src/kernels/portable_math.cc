// The functions of math-inl.h for one float; coefficients.h has the formulas.
#include <bit>
#include <cmath>
#include <limits>

#include "kernels/coefficients.h"
#include "kernels/portable.h"

namespace kinglet::portable {
namespace {

template <typename T, std::size_t kTerms>
T Polynomial(const T (&coefficients)[kTerms], T x) {
  T sum = coefficients[kTerms - 1];
  for (std::size_t i = kTerms - 1; i-- > 0;) sum = std::fma(sum, x, coefficients[i]);
  return sum;
}

// Of a NaN the exponent is arbitrary, hence the unsigned arithmetic.
float TwoToThe(std::int32_t exponent) {
  return std::bit_cast<float>((static_cast<std::uint32_t>(exponent) + 127U) << 23U);
}

/// Within two units in the last place, on the way to other functions.
float NearExp(float x) {
  const float bounded = Clamped(x, {kExpLowest, kExpHighest});
  const float magic = std::fma(bounded, kLog2E, kRoundingMagic);
  const float n = magic - kRoundingMagic;
  const float r = std::fma(n, -kLn2Low, std::fma(n, -kLn2High, bounded));
  const float power = std::fma(std::fma(Polynomial(kExpPoly, r), r, 1.0F), r, 1.0F);
  const std::int32_t exponent = std::bit_cast<std::int32_t>(magic) - kRoundingMagicBits;
  const std::int32_t half = exponent >> 1;
  return power * TwoToThe(half) * TwoToThe(exponent - half);
}

float Expm1(float x) {
  const float bounded = Clamped(x, {kExpm1Lowest, kExpHighest});
  const float magic = std::fma(bounded, kLog2E, kRoundingMagic);
  const float n = magic - kRoundingMagic;
  const float r = std::fma(n, -kLn2Low, std::fma(n, -kLn2High, bounded));
  const float series = std::fma(Polynomial(kExpPoly, r), r, 1.0F) * r;
  const float scale = TwoToThe(std::bit_cast<std::int32_t>(magic) - kRoundingMagicBits);
  return std::fma(series, scale, scale - 1.0F);
}

/// 1 - erf(x), which loses nothing where that is small.
float Erfc(float x) {
  const float magnitude = std::fabs(x);
  const float square = magnitude * magnitude;
  const float erf = std::fma(magnitude, Polynomial(kErfPoly, square), magnitude);
  const float t = 1.0F / std::fma(0.5F, magnitude, 1.0F);
  const float tail = t * Polynomial(kErfcPoly, t) * NearExp(-square);
  if (magnitude < 1.0F) return 1.0F - std::copysign(erf, x);
  return x < 0.0F ? 2.0F - tail : tail;
}

}  // namespace

float Exp(float x) {
  const auto bounded = static_cast<double>(Clamped(x, {kExpLowest, kExpHighest}));
  const double magic = std::fma(bounded, kPartsPerE, kWideRoundingMagic);
  const double t = std::fma(bounded, kPartsPerE, kWideRoundingMagic - magic);
  const double cubic = std::fma(kPartPoly[3], t, kPartPoly[2]);
  const double rest = std::fma(cubic, t * t, std::fma(kPartPoly[1], t, kPartPoly[0]));
  const auto parts = std::bit_cast<std::uint64_t>(magic);
  const auto power = std::bit_cast<std::uint64_t>(kPartPowers[parts % kExpParts]);
  const std::uint64_t exponent = (parts >> kExpPartBits) << 52U;
  return static_cast<float>(rest * std::bit_cast<double>(power + exponent));
}

float Log(float x) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (x < 0.0F) return std::numeric_limits<float>::quiet_NaN();
  if (x == 0.0F) return -kInfinity;
  if (!(x < kInfinity)) return x;
  const bool subnormal = x < kSmallestNormal;
  const auto bits = std::bit_cast<std::int32_t>(subnormal ? x * kTwoTo23 : x);
  const std::int32_t above_lowest = bits - kLogLowestBits;
  const std::int32_t exponent = above_lowest >> 23;
  const double z = std::bit_cast<float>(bits - exponent * (1 << 23));
  const int k = exponent - (subnormal ? 23 : 0);
  const int part = (above_lowest >> kLogPartBits) & (kLogParts - 1);
  const double r = std::fma(z, kPartInverses[part], -1.0);
  const double first = std::fma(k, kWideLn2, kPartLogs[part]);
  const double linear = std::fma(kWideLogPoly[1], r, kWideLogPoly[0]);
  const double series = std::fma(kWideLogPoly[2], r * r, linear);
  return static_cast<float>(std::fma(series, r * r, first + r));
}

float Tanh(float x) {
  const float magnitude = std::fabs(x);
  const float square = x * x;
  const float small =
      std::fma(square * magnitude, Polynomial(kTanhPoly, square), magnitude);
  const float large = 1.0F - 2.0F / (NearExp(magnitude + magnitude) + 1.0F);
  return std::copysign(magnitude < kTanhSmall ? small : large, x);
}

float Logistic(float x) {
  if (x > kLogisticHigh) return 1.0F;
  if (x < kLogisticLow) return Exp(x);
  return 1.0F / (1.0F + Exp(-x));
}

float Elu(float x) { return x < 0.0F ? Expm1(x) : x; }

float Gelu(float x) { return 0.5F * x * Erfc(x * -kRootHalf); }

float GeluTanh(float x) {
  const float inner = kGeluScale * std::fma(kGeluCubic, x * x * x, x);
  return 0.5F * x * (1.0F + Tanh(inner));
}

float HardSwish(float x) { return x * Clamped(x + 3.0F, {0.0F, 6.0F}) / 6.0F; }

}  // namespace kinglet::portable
