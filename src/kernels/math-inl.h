// exp, log, tanh and the logistic function of vectors; coefficients.h has the formulas.
// Every product that is added to something is fused, in the order written here.
#pragma once

#include <iterator>
#include <limits>

#include "kernels/coefficients.h"
#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

template <std::size_t kTerms>
HWY_INLINE Vec Polynomial(const float (&coefficients)[kTerms], Vec x) {
  Vec sum = Splat(coefficients[kTerms - 1]);
#pragma GCC unroll 8
  for (std::size_t i = 2; i <= kTerms; ++i) {
    sum = hn::MulAdd(sum, x, Splat(coefficients[kTerms - i]));
  }
  return sum;
}

HWY_INLINE Vec TwoToThe(IntVec exponent) {
  const IntVec biased = hn::Add(exponent, hn::Set(kInts, 127));
  return hn::BitCast(kFloats, hn::ShiftLeft<23>(biased));
}

// Within two units in the last place, on the way to other functions.
HWY_INLINE Vec NearExpOf(Vec x) {
  const Vec one = Splat(1.0F);
  const Vec bounded = Clamped(x, Splat(kExpLowest), Splat(kExpHighest));
  const Vec magic = hn::MulAdd(bounded, Splat(kLog2E), Splat(kRoundingMagic));
  const Vec n = hn::Sub(magic, Splat(kRoundingMagic));
  const Vec coarse = hn::MulAdd(n, Splat(-kLn2High), bounded);
  const Vec r = hn::MulAdd(n, Splat(-kLn2Low), coarse);
  const Vec inner = hn::MulAdd(Polynomial(kExpPoly, r), r, one);
  const Vec power = hn::MulAdd(inner, r, one);
  // Two steps, as 2^n alone may leave the range of a float.
  const IntVec exponent =
      hn::Sub(hn::BitCast(kInts, magic), hn::Set(kInts, kRoundingMagicBits));
  const IntVec half = hn::ShiftRight<1>(exponent);
  const Vec scaled = hn::Mul(power, TwoToThe(half));
  return hn::Mul(scaled, TwoToThe(hn::Sub(exponent, half)));
}

using HalfFloats = hn::Half<Floats>;

// e^x of half a vector that is bounded, rounded once.
HWY_INLINE hn::Vec<HalfFloats> WideExpOf(hn::Vec<HalfFloats> bounded) {
  constexpr Doubles kDoubles;
  constexpr hn::RebindToUnsigned<Doubles> kBits;
  const auto splat = [](double x) { return hn::Set(Doubles(), x); };
  const auto x = hn::PromoteTo(kDoubles, bounded);
  const auto magic = hn::MulAdd(x, splat(kWideLog2E), splat(kWideRoundingMagic));
  const auto n = hn::Sub(magic, splat(kWideRoundingMagic));
  const auto r = hn::MulAdd(n, splat(-kWideLn2), x);
  constexpr std::size_t kTerms = std::size(kWideExpPoly);
  auto power = splat(kWideExpPoly[kTerms - 1]);
#pragma GCC unroll 10
  for (std::size_t i = 2; i <= kTerms; ++i) {
    power = hn::MulAdd(power, r, splat(kWideExpPoly[kTerms - i]));
  }
  const auto exponent = hn::ShiftLeft<52>(hn::BitCast(kBits, magic));
  const auto scaled = hn::Add(hn::BitCast(kBits, power), exponent);
  return hn::DemoteTo(HalfFloats(), hn::BitCast(kDoubles, scaled));
}

HWY_INLINE Vec ExpOf(Vec x) {
  const Vec bounded = Clamped(x, Splat(kExpLowest), Splat(kExpHighest));
  const auto upper = WideExpOf(hn::UpperHalf(HalfFloats(), bounded));
  const auto lower = WideExpOf(hn::LowerHalf(HalfFloats(), bounded));
  return hn::Combine(kFloats, upper, lower);
}

HWY_INLINE Vec LogOf(Vec x) {
  const Vec infinity = Splat(std::numeric_limits<float>::infinity());
  const Vec zero = hn::Zero(kFloats);
  const Mask subnormal = hn::Lt(x, Splat(kSmallestNormal));
  const Vec normal = hn::IfThenElse(subnormal, hn::Mul(x, Splat(kTwoTo23)), x);
  const IntVec root = hn::Set(kInts, kHalfRootBits);
  const IntVec shifted = hn::Sub(hn::BitCast(kInts, normal), root);
  const IntVec fraction = hn::And(shifted, hn::Set(kInts, 0x007FFFFF));
  const Vec m = hn::BitCast(kFloats, hn::Add(fraction, root));
  const Vec e = hn::Sub(hn::ConvertTo(kFloats, hn::ShiftRight<23>(shifted)),
                        hn::IfThenElseZero(subnormal, Splat(23.0F)));
  const Vec f = hn::Sub(m, Splat(1.0F));
  const Vec s = hn::Div(f, hn::Add(f, Splat(2.0F)));
  const Vec z = hn::Mul(s, s);
  const Vec tail = hn::Mul(z, Polynomial(kLogPoly, z));
  const Vec half_square = hn::Mul(hn::Mul(f, f), Splat(0.5F));
  const Vec small = hn::MulAdd(s, hn::Add(half_square, tail), hn::Mul(e, Splat(kLn2Low)));
  const Vec rest = hn::Sub(hn::Sub(half_square, small), f);
  const Vec finite = hn::Sub(hn::Mul(e, Splat(kLn2High)), rest);
  const Vec at_edge = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(infinity), x);
  const Vec above = hn::IfThenElse(hn::Lt(x, infinity), finite, x);
  const Vec positive = hn::IfThenElse(hn::Gt(x, zero), above, at_edge);
  return hn::IfThenElse(hn::Lt(x, zero), Splat(std::numeric_limits<float>::quiet_NaN()),
                        positive);
}

HWY_INLINE Vec TanhOf(Vec x) {
  const Vec one = Splat(1.0F);
  const Vec magnitude = hn::Abs(x);
  const Vec square = hn::Mul(x, x);
  const Vec cubic = hn::Mul(square, magnitude);
  const Vec small = hn::MulAdd(cubic, Polynomial(kTanhPoly, square), magnitude);
  const Vec e = NearExpOf(hn::Add(magnitude, magnitude));
  const Vec large = hn::Sub(one, hn::Div(Splat(2.0F), hn::Add(e, one)));
  const Mask is_small = hn::Lt(magnitude, Splat(kTanhSmall));
  return hn::CopySign(hn::IfThenElse(is_small, small, large), x);
}

HWY_INLINE Vec LogisticOf(Vec x) {
  const Vec one = Splat(1.0F);
  const Mask is_low = hn::Lt(x, Splat(kLogisticLow));
  const Vec e = ExpOf(hn::IfThenElse(is_low, x, hn::Neg(x)));
  const Vec middle = hn::IfThenElse(is_low, e, hn::Div(one, hn::Add(one, e)));
  return hn::IfThenElse(hn::Gt(x, Splat(kLogisticHigh)), one, middle);
}

// As NearExpOf, less the 1 of the series before it is scaled.
HWY_INLINE Vec Expm1Of(Vec x) {
  const Vec one = Splat(1.0F);
  const Vec bounded = Clamped(x, Splat(kExpm1Lowest), Splat(kExpHighest));
  const Vec magic = hn::MulAdd(bounded, Splat(kLog2E), Splat(kRoundingMagic));
  const Vec n = hn::Sub(magic, Splat(kRoundingMagic));
  const Vec coarse = hn::MulAdd(n, Splat(-kLn2High), bounded);
  const Vec r = hn::MulAdd(n, Splat(-kLn2Low), coarse);
  const Vec series = hn::Mul(hn::MulAdd(Polynomial(kExpPoly, r), r, one), r);
  const Vec scale =
      TwoToThe(hn::Sub(hn::BitCast(kInts, magic), hn::Set(kInts, kRoundingMagicBits)));
  return hn::MulAdd(series, scale, hn::Sub(scale, one));
}

HWY_INLINE Vec EluOf(Vec x) {
  const Mask negative = hn::Lt(x, hn::Zero(kFloats));
  return hn::IfThenElse(negative, Expm1Of(x), x);
}

HWY_INLINE Vec ErfcOf(Vec x) {
  const Vec one = Splat(1.0F);
  const Vec magnitude = hn::Abs(x);
  const Vec square = hn::Mul(magnitude, magnitude);
  const Vec erf = hn::MulAdd(magnitude, Polynomial(kErfPoly, square), magnitude);
  const Vec small = hn::Sub(one, hn::CopySign(erf, x));
  const Vec t = hn::Div(one, hn::MulAdd(Splat(0.5F), magnitude, one));
  const Vec tail =
      hn::Mul(hn::Mul(t, Polynomial(kErfcPoly, t)), NearExpOf(hn::Neg(square)));
  const Mask is_negative = hn::Lt(x, hn::Zero(kFloats));
  const Vec large = hn::IfThenElse(is_negative, hn::Sub(Splat(2.0F), tail), tail);
  return hn::IfThenElse(hn::Lt(magnitude, one), small, large);
}

HWY_INLINE Vec GeluOf(Vec x) {
  const Vec erfc = ErfcOf(hn::Mul(x, Splat(-kRootHalf)));
  return hn::Mul(hn::Mul(Splat(0.5F), x), erfc);
}

HWY_INLINE Vec GeluTanhOf(Vec x) {
  const Vec cube = hn::Mul(hn::Mul(x, x), x);
  const Vec inner = hn::Mul(Splat(kGeluScale), hn::MulAdd(Splat(kGeluCubic), cube, x));
  return hn::Mul(hn::Mul(Splat(0.5F), x), hn::Add(Splat(1.0F), TanhOf(inner)));
}

HWY_INLINE Vec HardSwishOf(Vec x) {
  const Vec gate = Clamped(hn::Add(x, Splat(3.0F)), hn::Zero(kFloats), Splat(6.0F));
  return hn::Div(hn::Mul(x, gate), Splat(6.0F));
}

HWY_INLINE Vec SqrtOf(Vec x) { return hn::Sqrt(x); }
HWY_INLINE Vec RsqrtOf(Vec x) { return hn::Div(Splat(1.0F), hn::Sqrt(x)); }

}  // namespace
}  // namespace kinglet
