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
  constexpr hn::RebindToSigned<Doubles> kBits;
  const auto splat = [](double x) { return hn::Set(Doubles(), x); };
  const auto x = hn::PromoteTo(kDoubles, bounded);
  const auto magic = hn::MulAdd(x, splat(kPartsPerE), splat(kWideRoundingMagic));
  const auto n = hn::Sub(magic, splat(kWideRoundingMagic));
  const auto t = hn::MulAdd(x, splat(kPartsPerE), hn::Neg(n));
  const auto cubic = hn::MulAdd(splat(kPartPoly[3]), t, splat(kPartPoly[2]));
  const auto linear = hn::MulAdd(splat(kPartPoly[1]), t, splat(kPartPoly[0]));
  const auto rest = hn::MulAdd(cubic, hn::Mul(t, t), linear);
  const auto parts = hn::BitCast(kBits, magic);
  const auto part = hn::And(parts, hn::Set(kBits, kExpParts - 1));
  const auto power = hn::GatherIndex(kDoubles, kPartPowers, part);
  const auto exponent = hn::ShiftLeft<52>(hn::ShiftRight<kExpPartBits>(parts));
  const auto scale = hn::BitCast(kDoubles, hn::Add(hn::BitCast(kBits, power), exponent));
  return hn::DemoteTo(HalfFloats(), hn::Mul(rest, scale));
}

HWY_INLINE Vec ExpOf(Vec x) {
  const Vec bounded = Clamped(x, Splat(kExpLowest), Splat(kExpHighest));
  const auto upper = WideExpOf(hn::UpperHalf(HalfFloats(), bounded));
  const auto lower = WideExpOf(hn::LowerHalf(HalfFloats(), bounded));
  return hn::Combine(kFloats, upper, lower);
}

using HalfInts = hn::RebindToSigned<HalfFloats>;

// ln (2^k z) of half a vector, `part` the place of z in the table.
HWY_INLINE hn::Vec<HalfFloats> WideLogOf(hn::Vec<HalfFloats> z, hn::Vec<HalfInts> k,
                                         hn::Vec<HalfInts> part) {
  constexpr Doubles kDoubles;
  constexpr hn::RebindToSigned<Doubles> kPlaces;
  const auto splat = [](double x) { return hn::Set(Doubles(), x); };
  const auto place = hn::PromoteTo(kPlaces, part);
  const auto inverse = hn::GatherIndex(kDoubles, kPartInverses, place);
  const auto log = hn::GatherIndex(kDoubles, kPartLogs, place);
  const auto r = hn::MulAdd(hn::PromoteTo(kDoubles, z), inverse, splat(-1));
  const auto first = hn::MulAdd(hn::PromoteTo(kDoubles, k), splat(kWideLn2), log);
  const auto square = hn::Mul(r, r);
  const auto linear = hn::MulAdd(splat(kWideLogPoly[1]), r, splat(kWideLogPoly[0]));
  const auto series = hn::MulAdd(splat(kWideLogPoly[2]), square, linear);
  return hn::DemoteTo(HalfFloats(), hn::MulAdd(series, square, hn::Add(first, r)));
}

HWY_INLINE Vec LogOf(Vec x) {
  const Vec infinity = Splat(std::numeric_limits<float>::infinity());
  const Vec zero = hn::Zero(kFloats);
  const Mask subnormal = hn::Lt(x, Splat(kSmallestNormal));
  const Vec normal = hn::IfThenElse(subnormal, hn::Mul(x, Splat(kTwoTo23)), x);
  const IntVec bits = hn::BitCast(kInts, normal);
  const IntVec above_lowest = hn::Sub(bits, hn::Set(kInts, kLogLowestBits));
  const IntVec exponent = hn::ShiftRight<23>(above_lowest);
  const Vec z = hn::BitCast(kFloats, hn::Sub(bits, hn::ShiftLeft<23>(exponent)));
  const IntVec lowered = hn::BitCast(
      kInts, hn::IfThenElseZero(subnormal, hn::BitCast(kFloats, hn::Set(kInts, 23))));
  const IntVec k = hn::Sub(exponent, lowered);
  const IntVec part =
      hn::And(hn::ShiftRight<kLogPartBits>(above_lowest), hn::Set(kInts, kLogParts - 1));
  constexpr HalfFloats kHalf;
  constexpr HalfInts kHalfInts;
  const auto upper = WideLogOf(hn::UpperHalf(kHalf, z), hn::UpperHalf(kHalfInts, k),
                               hn::UpperHalf(kHalfInts, part));
  const auto lower = WideLogOf(hn::LowerHalf(kHalf, z), hn::LowerHalf(kHalfInts, k),
                               hn::LowerHalf(kHalfInts, part));
  const Vec finite = hn::Combine(kFloats, upper, lower);
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
