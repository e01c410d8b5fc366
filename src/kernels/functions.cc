// Sine and cosine: x = n * pi / 2 + r with |r| <= pi / 4 and the Taylor series of r.
// Power: e^(y ln x), ln x = e ln 2 + 2 (s + s^3 / 3 + s^5 / 5 ...), s = (m - 1) / (m +
// 1), x = m * 2^e with m in [sqrt 1/2, sqrt 2). All errors are below 2^-40.
#include "kernels/functions.h"

#include <cmath>
#include <cstdint>
#include <limits>

namespace kinglet {
namespace {

constexpr double kTwoOverPi = 0.63661977236758134308;
// pi / 2 in three parts of 33 bits, so that their multiples by n are exact.
constexpr double kHalfPiHigh = 1.57079632673412561417e+00;
constexpr double kHalfPiMiddle = 6.07710050630396597660e-11;
constexpr double kHalfPiLow = 2.02226624879595063154e-21;
// Beyond, n has too many bits for that; the angle is then taken modulo the double 2 pi.
constexpr double kLargestAngle = 1048576.0;
constexpr double kTwoPi = 6.28318530717958647693;

constexpr double kDoubleLn2High = 0.69314718036912381649;
constexpr double kDoubleLn2Low = 1.90821492927058770002e-10;
constexpr double kDoubleRootHalf = 0.70710678118654752440;

/// 1 + r + r^2 / 2! + ... + r^13 / 13!
double ExpSeries(double r) {
  double sum = 1.0;
  for (int i = 13; i > 0; --i) sum = 1.0 + r / i * sum;
  return sum;
}

/// sum of (-1)^i r^(2 i + first) / (2 i + first)!
double Alternating(double r, int first) {
  double sum = 1.0;
  for (int i = 16 + first; i > first; i -= 2) sum = 1.0 - r * r / (i * (i - 1.0)) * sum;
  return first == 1 ? r * sum : sum;
}

/// sin(x + quarters * pi / 2)
double Sine(double x, std::int64_t quarters) {
  if (!std::isfinite(x)) return std::numeric_limits<double>::quiet_NaN();
  if (std::fabs(x) > kLargestAngle) x = std::fmod(x, kTwoPi);
  const double n = std::nearbyint(x * kTwoOverPi);
  const double r = x - n * kHalfPiHigh - n * kHalfPiMiddle - n * kHalfPiLow;
  const std::int64_t quarter = (static_cast<std::int64_t>(n) + quarters) & 3;
  const double magnitude = Alternating(r, quarter % 2 == 0 ? 1 : 0);
  return quarter < 2 ? magnitude : -magnitude;
}

/// REQUIRES: x positive and finite.
double Logarithm(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < kDoubleRootHalf) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  double series = 0.0;
  for (int i = 23; i > 1; i -= 2) series = square * (series + 1.0 / i);
  return exponent * kDoubleLn2High + (exponent * kDoubleLn2Low + 2 * (s + s * series));
}

double Exponential(double x) {
  constexpr double kFarBeyondFloat = 200.0;
  if (x > kFarBeyondFloat) return std::numeric_limits<double>::infinity();
  if (x < -kFarBeyondFloat) return 0.0;
  const double n = std::nearbyint(x / (kDoubleLn2High + kDoubleLn2Low));
  const double r = x - n * kDoubleLn2High - n * kDoubleLn2Low;
  return std::ldexp(ExpSeries(r), static_cast<int>(n));
}

bool IsOdd(float y) { return std::fmod(std::fabs(y), 2.0F) == 1.0F; }

/// x to the power y for x in [0, infinity].
double PowerOfMagnitude(double x, double y) {
  if (x == 1) return 1.0;
  const bool grows = (x > 1) == (y > 0);
  const bool at_end = x == 0 || std::isinf(x) || std::isinf(y);
  if (at_end) return grows ? std::numeric_limits<double>::infinity() : 0.0;
  return Exponential(y * Logarithm(x));
}

}  // namespace

float SinOf(float x) { return static_cast<float>(Sine(static_cast<double>(x), 0)); }

float CosOf(float x) { return static_cast<float>(Sine(static_cast<double>(x), 1)); }

float PowerOf(float x, float y) {
  if (x == 1.0F || y == 0.0F) return 1.0F;
  if (std::isnan(x) || std::isnan(y)) return x + y;
  const bool is_whole = std::isinf(y) || std::trunc(y) == y;
  if (std::signbit(x) && x != 0.0F && !std::isinf(x) && !is_whole) {
    return std::numeric_limits<float>::quiet_NaN();
  }
  const bool negative = std::signbit(x) && !std::isinf(y) && IsOdd(y);
  const double magnitude =
      PowerOfMagnitude(std::fabs(static_cast<double>(x)), static_cast<double>(y));
  return static_cast<float>(negative ? -magnitude : magnitude);
}

}  // namespace kinglet
