// Integer vectors: rescaling of sums (docs/numerics.md, rule 7.2), and what becomes of
// them. The lanes are those of simd-inl.h, 32 bits each.
#pragma once

#include "kernels/int_arguments.h"
#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

using Bytes = hn::Rebind<std::int8_t, Ints32>;  // a quarter of a vector
using Ints64 = hn::RepartitionToWide<Ints32>;
using Words64 = hn::RebindToUnsigned<Ints64>;

constexpr Bytes kBytes;
constexpr Ints64 kInts64;
constexpr Words64 kWords64;

HWY_INLINE IntVec SplatInt(std::int32_t x) { return hn::Set(kInts, x); }
HWY_INLINE IntVec LoadInts(const std::int32_t* from) { return hn::LoadU(kInts, from); }

HWY_INLINE IntVec LoadBytes(const std::int8_t* from, Whole /*lanes*/) {
  return hn::PromoteTo(kInts, hn::LoadU(kBytes, from));
}

HWY_INLINE IntVec LoadBytes(const std::int8_t* from, Part lanes) {
  std::int8_t copy[kLanes] = {};
  for (Size i = 0; i < lanes.count; ++i) copy[i] = from[i];
  return LoadBytes(copy, Whole{});
}

HWY_INLINE void StoreBytes(IntVec v, std::int8_t* to, Whole /*lanes*/) {
  hn::StoreU(hn::DemoteTo(kBytes, v), kBytes, to);
}

HWY_INLINE void StoreBytes(IntVec v, std::int8_t* to, Part lanes) {
  std::int8_t copy[kLanes];
  StoreBytes(v, copy, Whole{});
  for (Size i = 0; i < lanes.count; ++i) to[i] = copy[i];
}

/// Multiplies by value * 2^(left - right - 31), rounding twice. One multiplier per lane.
struct Rescale {
  IntVec value;
  IntVec value_of_odd;  ///< those of odd lanes, in the lanes before
  IntVec left;
  IntVec right;
  IntVec mask;  ///< 2^right - 1
  IntVec half;

  HWY_INLINE Rescale(IntVec its_value, IntVec its_left, IntVec its_right)
      : value(its_value), left(its_left), right(its_right) {
    const IntVec one = SplatInt(1);
    value_of_odd =
        hn::BitCast(kInts, hn::ShiftRight<32>(hn::BitCast(kWords64, its_value)));
    mask = hn::Sub(one << right, one);
    half = hn::ShiftRight<1>(mask);
  }
  HWY_INLINE explicit Rescale(Multiplier m)
      : Rescale(SplatInt(m.value), SplatInt(m.shift > 0 ? m.shift : 0),
                SplatInt(m.shift > 0 ? 0 : -m.shift)) {}

  /// round(x * value / 2^31), ties up: bits 31 to 62 of the product plus 2^30.
  HWY_INLINE IntVec HighProduct(IntVec x) const {
    const auto round = hn::Set(kInts64, std::int64_t{1} << 30);
    const IntVec odd_x = hn::BitCast(kInts, hn::ShiftRight<32>(hn::BitCast(kWords64, x)));
    const auto even = hn::Add(hn::MulEven(x, value), round);
    const auto odd = hn::Add(hn::MulEven(odd_x, value_of_odd), round);
    return hn::OddEven(
        hn::BitCast(kInts, hn::ShiftLeft<1>(odd)),
        hn::BitCast(kInts, hn::ShiftRight<31>(hn::BitCast(kWords64, even))));
  }

  HWY_INLINE IntVec operator()(IntVec x) const {
    const IntVec y = HighProduct(x << left);
    const IntVec rest = hn::And(y, mask);
    const IntVec threshold = hn::Sub(half, hn::BroadcastSignBit(y));
    const IntVec up = hn::VecFromMask(kInts, hn::Gt(rest, threshold));
    return hn::Sub(y >> right, up);
  }
};

/// Adds the zero point and clamps.
struct Finish {
  IntVec zero_point;
  IntVec low;
  IntVec high;

  HWY_INLINE explicit Finish(const IntOutput& output)
      : zero_point(SplatInt(output.zero_point)),
        low(SplatInt(output.low)),
        high(SplatInt(output.high)) {}
  HWY_INLINE IntVec operator()(IntVec x) const {
    return hn::Min(hn::Max(hn::Add(x, zero_point), low), high);
  }
};

// Halves away from zero: the part that truncation takes off is exact.
template <typename Tag, typename V = hn::Vec<Tag>>
HWY_INLINE V RoundedAway(Tag tag, V x) {
  using T = hn::TFromD<Tag>;
  const V whole = hn::Trunc(x);
  const auto away = hn::Ge(hn::Abs(hn::Sub(x, whole)), hn::Set(tag, T{0.5}));
  return hn::Add(whole, hn::IfThenElseZero(away, hn::CopySign(hn::Set(tag, T{1.0}), x)));
}

/// round(x * factor) in double, bounded far outside the range of any result.
HWY_INLINE IntVec TimesDouble(IntVec x, const double* factors) {
  constexpr hn::ScalableTag<double> kDoubles;
  constexpr hn::Rebind<std::int32_t, hn::ScalableTag<double>> kHalf;
  const auto bound = hn::Set(kDoubles, 1073741824.0);
  const auto times = [&](auto half, const double* its_factors) {
    const auto product =
        hn::Mul(hn::PromoteTo(kDoubles, half), hn::LoadU(kDoubles, its_factors));
    const auto rounded = RoundedAway(kDoubles, product);
    return hn::DemoteTo(kHalf, hn::Min(hn::Max(rounded, hn::Neg(bound)), bound));
  };
  const auto lower = times(hn::LowerHalf(kHalf, x), factors);
  const auto upper = times(hn::UpperHalf(kHalf, x), factors + kLanes / 2);
  return hn::Combine(kInts, upper, lower);
}

/// Sums of 32 bits [rows][sum_stride] to results [rows][out_stride], channel by channel.
struct FinishJob {
  const std::int32_t* sums;
  Size sum_stride;  ///< at least `columns`, rounded up to kPanel
  Size rows;
  Size columns;
  RescalePlan rescale;
  IntOutput output;
  std::int8_t* out;
  Size out_stride;
};

template <typename Lanes, typename Scale>
HWY_INLINE void FinishColumns(const FinishJob& job, Size c, Lanes lanes,
                              const Scale& scale) {
  const Finish finish(job.output);
  const IntVec bias = LoadInts(job.rescale.bias + c);
  const std::int32_t* from = job.sums + c;
  std::int8_t* to = job.out + c;
  for (Size r = 0; r < job.rows; ++r, from += job.sum_stride, to += job.out_stride) {
    StoreBytes(finish(scale(hn::Add(LoadInts(from), bias))), to, lanes);
  }
}

HWY_NOINLINE void FinishRows(const FinishJob& job) {
  const RescalePlan& rescale = job.rescale;
  ForVectors(job.columns, [&](Size c, auto lanes) {
    if (rescale.factors != nullptr) {
      FinishColumns(job, c, lanes,
                    [&](IntVec x) { return TimesDouble(x, rescale.factors + c); });
    } else {
      FinishColumns(
          job, c, lanes,
          Rescale(LoadInts(rescale.multipliers + c), LoadInts(rescale.left_shifts + c),
                  LoadInts(rescale.right_shifts + c)));
    }
  });
}

}  // namespace
}  // namespace kinglet
