// Sine and cosine: x = n * pi / 2 + r with |r| <= pi / 4 and the Taylor series of r. All
// errors are below 2^-40.
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

}  // namespace

float SinOf(float x) { return static_cast<float>(Sine(static_cast<double>(x), 0)); }

float CosOf(float x) { return static_cast<float>(Sine(static_cast<double>(x), 1)); }

}  // namespace kinglet
