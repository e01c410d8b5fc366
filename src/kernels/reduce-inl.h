// Pools, reductions, extremes: one lane is one channel (or one of four interleaved chains
// where the order doesn't matter), each chain in the order of the positions.
#pragma once

#include "kernels/elementwise-inl.h"
#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

template <typename Fold, typename Finish>
HWY_INLINE void Pool(const PoolPlan& plan, const float* in, float* out, float start,
                     const Fold& fold, const Finish& finish) {
  for (Size oy = 0; oy < plan.h.out; ++oy) {
    const Taps ys = TapsInside(plan.h, oy);
    for (Size ox = 0; ox < plan.w.out; ++ox) {
      const Taps xs = TapsInside(plan.w, ox);
      const Size top = oy * plan.h.stride - plan.h.before;
      const Size left = ox * plan.w.stride - plan.w.before;
      const Size cells = (ys.last - ys.first) * (xs.last - xs.first);
      float* to = out + (oy * plan.w.out + ox) * plan.channels;
      ForVectors(plan.channels, [&](Size c, auto lanes) {
        Vec acc = Splat(start);
        for (Size y = top + ys.first; y < top + ys.last; ++y) {
          for (Size x = left + xs.first; x < left + xs.last; ++x) {
            acc = fold(acc, Load(in + (y * plan.w.in + x) * plan.channels + c, lanes));
          }
        }
        const Vec y = finish(acc, static_cast<float>(cells));
        Store(Clamped(y, Splat(plan.clamp.low), Splat(plan.clamp.high)), to + c, lanes);
      });
    }
  }
}

void AveragePool(const PoolPlan& plan, const float* in, float* out) {
  Pool(
      plan, in, out, 0.0F, [](Vec acc, Vec x) { return hn::Add(acc, x); },
      [](Vec acc, float cells) { return hn::Div(acc, Splat(cells)); });
}

void MaxPool(const PoolPlan& plan, const float* in, float* out) {
  Pool(
      plan, in, out, -std::numeric_limits<float>::infinity(),
      [](Vec acc, Vec x) { return LargerOf(x, acc); },
      [](Vec acc, float /*cells*/) { return acc; });
}

template <typename Fold>
HWY_INLINE void FoldRows(const ReduceArgs& args, float start, const Fold& fold) {
  const float* in = args.in;
  float* out = args.out;
  for (Size o = 0; o < args.outer; ++o) {
    ForVectors(args.inner, [&](Size c, auto lanes) {
      Vec acc = Splat(start);
      for (Size i = 0; i < args.count; ++i) {
        acc = fold(acc, Load(in + i * args.inner + c, lanes));
      }
      Store(acc, out + c, lanes);
    });
    in += args.count * args.inner;
    out += args.inner;
  }
}

// Rows of one chain each; eight at a time hide the latency of the additions.
void SumAlongRows(const ReduceArgs& args) {
  constexpr Size kTogether = 8;
  for (Size o = 0; o < args.outer; o += kTogether) {
    const Size rows = Smaller(kTogether, args.outer - o);
    const float* in = args.in + o * args.count;
    float acc[kTogether];
    for (float& a : acc) a = 0.0F;
    if (rows == kTogether) {
      for (Size i = 0; i < args.count; ++i) {
#pragma GCC unroll 8
        for (Size r = 0; r < kTogether; ++r) acc[r] += in[r * args.count + i];
      }
    } else {
      for (Size r = 0; r < rows; ++r) {
        for (Size i = 0; i < args.count; ++i) acc[r] += in[r * args.count + i];
      }
    }
    for (Size r = 0; r < rows; ++r) args.out[o + r] = acc[r];
  }
}

void Sum(const ReduceArgs& args) {
  if (args.inner == 1) {
    SumAlongRows(args);
  } else {
    FoldRows(args, 0.0F, [](Vec acc, Vec x) { return hn::Add(acc, x); });
  }
}

/// Folds lanes into one result.
struct ExtremesFold {
  Vec min = Splat(std::numeric_limits<float>::infinity());
  Vec max = Splat(-std::numeric_limits<float>::infinity());

  HWY_INLINE void Take(Vec x) {
    min = SmallerOf(x, min);
    max = LargerOf(x, max);
  }
};

// Bits set once x was NaN, else 0. (Ne is an ordered comparison on some targets.)
HWY_INLINE Vec NanTrace(Vec trace, Vec x) {
  return hn::Or(trace, hn::VecFromMask(kFloats, hn::Not(hn::Eq(x, x))));
}

Extremes ExtremesOf(Size n, const float* in) {
  constexpr Size kChains = 4;
  ExtremesFold chains[kChains];
  Vec traces[kChains];
  for (Vec& trace : traces) trace = hn::Zero(kFloats);
  Size i = 0;
  for (; i + kChains * kLanes <= n; i += kChains * kLanes) {
#pragma GCC unroll 4
    for (Size k = 0; k < kChains; ++k) {
      const Vec x = Load(in + i + k * kLanes, Whole{});
      chains[k].Take(x);
      traces[k] = NanTrace(traces[k], x);
    }
  }
  Extremes result;
  const auto take = [&](float x) {
    result.min = x < result.min ? x : result.min;
    result.max = x > result.max ? x : result.max;
    result.has_nan = result.has_nan || x != x;
  };
  for (Size k = 0; k < kChains; ++k) {
    float lanes[kLanes];
    hn::StoreU(chains[k].min, kFloats, lanes);
    for (const float x : lanes) result.min = x < result.min ? x : result.min;
    hn::StoreU(chains[k].max, kFloats, lanes);
    for (const float x : lanes) result.max = x > result.max ? x : result.max;
    const IntVec seen = hn::BitCast(kInts, traces[k]);
    result.has_nan = result.has_nan || !hn::AllTrue(kInts, hn::Eq(seen, hn::Zero(kInts)));
  }
  for (; i < n; ++i) take(in[i]);
  result.min += 0.0F;
  result.max += 0.0F;
  return result;
}

void Max(const ReduceArgs& args) {
  if (args.inner == 1) {
    for (Size o = 0; o < args.outer; ++o) {
      args.out[o] = ExtremesOf(args.count, args.in + o * args.count).max;
    }
    return;
  }
  FoldRows(args, -std::numeric_limits<float>::infinity(),
           [](Vec acc, Vec x) { return LargerOf(x, acc); });
  const Vec zero = hn::Zero(kFloats);  // makes +0 of -0
  Map(args.outer * args.inner, args.out, args.out,
      [&](Vec max) { return hn::Add(max, zero); });
}

void Reduce(ReduceOp op, const ReduceArgs& args) {
  if (op == ReduceOp::kMax) return Max(args);
  Sum(args);
  if (op == ReduceOp::kMean) {
    const Vec count = Splat(static_cast<float>(args.count));
    Map(args.outer * args.inner, args.out, args.out,
        [&](Vec sum) { return hn::Div(sum, count); });
  }
}

}  // namespace
}  // namespace kinglet
