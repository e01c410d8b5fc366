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

/// Sums of kRows rows of `count`, one chain each; several hide the latency of additions.
template <int kRows>
HWY_INLINE void SumRows(const float* in, Size count, float* out) {
  float sums[kRows] = {};
  for (Size i = 0; i < count; ++i) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) sums[r] += in[r * count + i];
  }
  for (int r = 0; r < kRows; ++r) out[r] = sums[r];
}

void SumAlongRows(const ReduceArgs& args) {
  Size o = 0;
  for (; o + 8 <= args.outer; o += 8) {
    SumRows<8>(args.in + o * args.count, args.count, args.out + o);
  }
  for (; o < args.outer; ++o)
    SumRows<1>(args.in + o * args.count, args.count, args.out + o);
}

void Sum(const ReduceArgs& args) {
  if (args.inner == 1) {
    SumAlongRows(args);
  } else {
    FoldRows(args, 0.0F, [](Vec acc, Vec x) { return hn::Add(acc, x); });
  }
}

/// One chain of extremes per lane. Bits of `trace` are set once x was NaN. (Not Ne: it is
/// an ordered comparison on some targets.)
struct ExtremesFold {
  Vec min = Splat(std::numeric_limits<float>::infinity());
  Vec max = Splat(-std::numeric_limits<float>::infinity());
  Vec trace = hn::Zero(kFloats);

  HWY_INLINE void Take(Vec x) {
    min = SmallerOf(x, min);
    max = LargerOf(x, max);
    trace = hn::Or(trace, hn::VecFromMask(kFloats, hn::Not(hn::Eq(x, x))));
  }
};

HWY_INLINE void TakeOne(float x, Extremes& result) {
  result.min = x < result.min ? x : result.min;
  result.max = x > result.max ? x : result.max;
  result.has_nan = result.has_nan || !(x == x);
}

void TakeLanes(const ExtremesFold& fold, Extremes& result) {
  float lanes[kLanes];
  hn::StoreU(fold.min, kFloats, lanes);
  for (const float x : lanes) result.min = x < result.min ? x : result.min;
  hn::StoreU(fold.max, kFloats, lanes);
  for (const float x : lanes) result.max = x > result.max ? x : result.max;
  const IntVec seen = hn::BitCast(kInts, fold.trace);
  if (!hn::AllTrue(kInts, hn::Eq(seen, hn::Zero(kInts)))) result.has_nan = true;
}

Extremes ExtremesOf(Size n, const float* in) {
  constexpr Size kChains = 4;
  ExtremesFold chains[kChains];
  Size i = 0;
  for (; i + kChains * kLanes <= n; i += kChains * kLanes) {
#pragma GCC unroll 4
    for (Size k = 0; k < kChains; ++k) chains[k].Take(Load(in + i + k * kLanes, Whole{}));
  }
  Extremes result;
  for (const ExtremesFold& chain : chains) TakeLanes(chain, result);
  for (; i < n; ++i) TakeOne(in[i], result);
  result.min += 0.0F;
  result.max += 0.0F;
  return result;
}

/// Rows of extremes; `choose` takes one of both.
template <typename Choose, typename Fold>
void Extreme(const ReduceArgs& args, float start, const Choose& choose,
             const Fold& fold) {
  if (args.inner == 1) {
    for (Size o = 0; o < args.outer; ++o) {
      args.out[o] = choose(ExtremesOf(args.count, args.in + o * args.count));
    }
    return;
  }
  FoldRows(args, start, fold);
  const Vec zero = hn::Zero(kFloats);  // makes +0 of -0
  Map(args.outer * args.inner, args.out, args.out,
      [&](Vec extreme) { return hn::Add(extreme, zero); });
}

void Max(const ReduceArgs& args) {
  Extreme(
      args, -std::numeric_limits<float>::infinity(),
      [](const Extremes& both) { return both.max; },
      [](Vec acc, Vec x) { return LargerOf(x, acc); });
}

void Min(const ReduceArgs& args) {
  Extreme(
      args, std::numeric_limits<float>::infinity(),
      [](const Extremes& both) { return both.min; },
      [](Vec acc, Vec x) { return SmallerOf(x, acc); });
}

void Product(const ReduceArgs& args) {
  if (args.inner > 1) {
    FoldRows(args, 1.0F, [](Vec acc, Vec x) { return hn::Mul(acc, x); });
    return;
  }
  for (Size o = 0; o < args.outer; ++o) {
    float product = 1.0F;
    for (Size i = 0; i < args.count; ++i) product *= args.in[o * args.count + i];
    args.out[o] = product;
  }
}

void Reduce(ReduceOp op, const ReduceArgs& args) {
  if (op == ReduceOp::kMax) return Max(args);
  if (op == ReduceOp::kMin) return Min(args);
  if (op == ReduceOp::kProduct) return Product(args);
  Sum(args);
  if (op == ReduceOp::kMean) {
    const Vec count = Splat(static_cast<float>(args.count));
    Map(args.outer * args.inner, args.out, args.out,
        [&](Vec sum) { return hn::Div(sum, count); });
  }
}

}  // namespace
}  // namespace kinglet
