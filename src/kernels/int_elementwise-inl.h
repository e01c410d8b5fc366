// Integers, one result per element or per few elements: arithmetic with broadcasting,
// pools, reductions.
#pragma once

#include "kernels/int_simd-inl.h"
#include "kernels/portable_int.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

template <bool kVaries, typename Lanes>
HWY_INLINE IntVec IntOperand(const std::int8_t* row, Size column, Lanes lanes) {
  if constexpr (kVaries) {
    return LoadBytes(row + column, lanes);
  } else {
    return SplatInt(*row);
  }
}

template <bool kAVaries, bool kBVaries, typename Function>
void IntBinaryRows(const IntBinaryArgs<std::int8_t>& args, const IntOutput& output,
                   const Function& function) {
  const Finish finish(output);
  for (Size r = 0; r < args.rows; ++r) {
    const std::int8_t* a = args.a + r * args.a_row;
    const std::int8_t* b = args.b + r * args.b_row;
    std::int8_t* out = args.out + r * args.columns;
    ForVectors(args.columns, [&](Size i, auto lanes) {
      const IntVec y =
          function(IntOperand<kAVaries>(a, i, lanes), IntOperand<kBVaries>(b, i, lanes));
      StoreBytes(finish(y), out + i, lanes);
    });
  }
}

template <typename Function>
void IntBinaryWith(const IntBinaryArgs<std::int8_t>& args, const IntOutput& output,
                   const Function& function) {
  if (args.a_column == 0) {
    IntBinaryRows<false, true>(args, output, function);
  } else if (args.b_column == 0) {
    IntBinaryRows<true, false>(args, output, function);
  } else {
    IntBinaryRows<true, true>(args, output, function);
  }
}

/// The operands on a common scale, combined, rescaled.
template <typename Combine>
void BinaryOnCommonScale(const IntBinaryPlan& plan,
                         const IntBinaryArgs<std::int8_t>& args, const Combine& combine) {
  const IntVec a_zero = SplatInt(plan.a_zero_point);
  const IntVec b_zero = SplatInt(plan.b_zero_point);
  const Rescale scale_a(plan.a);
  const Rescale scale_b(plan.b);
  const Rescale scale(plan.result);
  const int shift = plan.left_shift;
  IntBinaryWith(args, plan.output, [&](IntVec a, IntVec b) {
    const IntVec left = scale_a(hn::ShiftLeftSame(hn::Sub(a, a_zero), shift));
    const IntVec right = scale_b(hn::ShiftLeftSame(hn::Sub(b, b_zero), shift));
    return scale(combine(left, right));
  });
}

void MulInt8(const IntBinaryPlan& plan, const IntBinaryArgs<std::int8_t>& args) {
  const IntVec a_zero = SplatInt(plan.a_zero_point);
  const IntVec b_zero = SplatInt(plan.b_zero_point);
  const Rescale scale(plan.result);
  IntBinaryWith(args, plan.output, [&](IntVec a, IntVec b) {
    return scale(hn::Mul(hn::Sub(a, a_zero), hn::Sub(b, b_zero)));
  });
}

void PReluInt8(const IntBinaryPlan& plan, const IntBinaryArgs<std::int8_t>& args) {
  const IntVec a_zero = SplatInt(plan.a_zero_point);
  const IntVec b_zero = SplatInt(plan.b_zero_point);
  const Rescale identity(plan.a);
  const Rescale scale(plan.result);
  IntBinaryWith(args, plan.output, [&](IntVec a, IntVec b) {
    const IntVec x = hn::Sub(a, a_zero);
    const IntVec product = hn::Mul(x, hn::Sub(b, b_zero));
    const auto is_negative = hn::Lt(x, hn::Zero(kInts));
    return hn::IfThenElse(is_negative, scale(product), identity(x));
  });
}

void BinaryInt8(const IntBinaryPlan& plan, const IntBinaryArgs<std::int8_t>& args) {
  if (plan.output.rounding == Rounding::kSingle) return portable::BinaryInt(plan, args);
  switch (plan.op) {
    case IntBinaryOp::kAdd:
      return BinaryOnCommonScale(plan, args,
                                 [](IntVec a, IntVec b) { return hn::Add(a, b); });
    case IntBinaryOp::kSub:
      return BinaryOnCommonScale(plan, args,
                                 [](IntVec a, IntVec b) { return hn::Sub(a, b); });
    case IntBinaryOp::kSquaredDifference:
      return BinaryOnCommonScale(plan, args, [](IntVec a, IntVec b) {
        const IntVec difference = hn::Sub(a, b);
        return hn::Mul(difference, difference);
      });
    case IntBinaryOp::kMul:
      return MulInt8(plan, args);
    case IntBinaryOp::kPRelu:
      return PReluInt8(plan, args);
    case IntBinaryOp::kMaximum:
      return IntBinaryWith(args, plan.output,
                           [](IntVec a, IntVec b) { return hn::Max(a, b); });
    case IntBinaryOp::kMinimum:
      return IntBinaryWith(args, plan.output,
                           [](IntVec a, IntVec b) { return hn::Min(a, b); });
  }
}

// Sixteen tables of sixteen bytes. An index keeps its upper bits clear in one of them
// alone; adding 0x70 with saturation sets the top bit in all others, which gives zero.
void MapInt8(const std::int8_t* table, Size n, const std::int8_t* in, std::int8_t* out) {
  constexpr hn::Repartition<std::uint8_t, Ints32> kWhole;
  constexpr auto kLength = static_cast<Size>(hn::MaxLanes(kWhole));
  const auto* entries = reinterpret_cast<const std::uint8_t*>(table);
  const auto bias = hn::Set(kWhole, std::uint8_t{0x70});
  Size i = 0;
  for (; i + kLength <= n; i += kLength) {
    const auto x = hn::LoadU(kWhole, reinterpret_cast<const std::uint8_t*>(in) + i);
    auto y = hn::Zero(kWhole);
#pragma GCC unroll 16
    for (int part = 0; part < 16; ++part) {
      const auto start = hn::Set(kWhole, static_cast<std::uint8_t>(part * 16));
      const auto index = hn::SaturatedAdd(hn::Xor(x, start), bias);
      const auto values = hn::LoadDup128(kWhole, entries + part * 16);
      y = hn::Or(y, hn::TableLookupBytesOr0(values, index));
    }
    hn::StoreU(y, kWhole, reinterpret_cast<std::uint8_t*>(out) + i);
  }
  for (; i < n; ++i) out[i] = table[static_cast<std::uint8_t>(in[i])];
}

template <typename Fold, typename Final>
HWY_INLINE void IntPool(const IntPoolPlan& plan, const std::int8_t* in, std::int8_t* out,
                        std::int32_t start, const Fold& fold, const Final& final) {
  const Finish finish({0, plan.low, plan.high, Rounding::kDouble});
  for (Size oy = 0; oy < plan.h.out; ++oy) {
    const Taps ys = TapsInside(plan.h, oy);
    for (Size ox = 0; ox < plan.w.out; ++ox) {
      const Taps xs = TapsInside(plan.w, ox);
      const Size top = oy * plan.h.stride - plan.h.before;
      const Size left = ox * plan.w.stride - plan.w.before;
      const Size cells = (ys.last - ys.first) * (xs.last - xs.first);
      std::int8_t* to = out + (oy * plan.w.out + ox) * plan.channels;
      ForVectors(plan.channels, [&](Size c, auto lanes) {
        IntVec acc = SplatInt(start);
        for (Size y = top + ys.first; y < top + ys.last; ++y) {
          const std::int8_t* row = in + y * plan.w.in * plan.channels + c;
          for (Size x = left + xs.first; x < left + xs.last; ++x) {
            acc = fold(acc, LoadBytes(row + x * plan.channels, lanes));
          }
        }
        StoreBytes(finish(final(acc, cells)), to + c, lanes);
      });
    }
  }
}

// The quotient of integers below 2^24 and 2^15 is nowhere so near the next integer that
// its rounding to float32 would reach it.
void AveragePoolInt8(const IntPoolPlan& plan, const std::int8_t* in, std::int8_t* out) {
  if (plan.h.kernel * plan.w.kernel >= 1 << 15) {
    return portable::AveragePoolInt(plan, in, out);
  }
  IntPool(
      plan, in, out, 0, [](IntVec acc, IntVec x) { return hn::Add(acc, x); },
      [](IntVec acc, Size cells) {
        const Vec sum = hn::ConvertTo(kFloats, acc);
        const Size rounded_half = cells / 2;
        const Vec half = Splat(static_cast<float>(rounded_half));
        const Vec count = Splat(static_cast<float>(cells));
        const Vec nudged = hn::Add(sum, hn::CopySign(half, sum));
        return hn::ConvertTo(kInts, hn::Div(nudged, count));
      });
}

void MaxPoolInt8(const IntPoolPlan& plan, const std::int8_t* in, std::int8_t* out) {
  IntPool(
      plan, in, out, INT32_MIN, [](IntVec acc, IntVec x) { return hn::Max(acc, x); },
      [](IntVec acc, Size /*cells*/) { return acc; });
}

template <typename Fold, typename Final>
HWY_INLINE void IntReduceRows(const IntReduceArgs<std::int8_t>& args, std::int32_t start,
                              const Fold& fold, const Final& final) {
  const std::int8_t* in = args.in;
  std::int8_t* out = args.out;
  for (Size o = 0; o < args.outer; ++o) {
    ForVectors(args.inner, [&](Size c, auto lanes) {
      IntVec acc = SplatInt(start);
      for (Size i = 0; i < args.count; ++i) {
        acc = fold(acc, LoadBytes(in + i * args.inner + c, lanes));
      }
      StoreBytes(final(acc), out + c, lanes);
    });
    in += args.count * args.inner;
    out += args.inner;
  }
}

void ReduceInt8(const IntReducePlan& plan, const IntReduceArgs<std::int8_t>& args) {
  const bool has_vectors =
      plan.op == IntReduceOp::kMean || plan.op == IntReduceOp::kMaximum;
  if (plan.output.rounding == Rounding::kSingle || args.inner < 4 || !has_vectors) {
    return portable::ReduceInt(plan, args);
  }
  if (plan.op == IntReduceOp::kMaximum) {
    return IntReduceRows(
        args, INT32_MIN, [](IntVec acc, IntVec x) { return hn::Max(acc, x); },
        Finish(plan.output));
  }
  const IntVec zero_points =
      SplatInt(static_cast<std::int32_t>(plan.in_zero_point * args.count));
  const Rescale scale(plan.multiplier);
  const Finish finish(plan.output);
  IntReduceRows(
      args, 0, [](IntVec acc, IntVec x) { return hn::Add(acc, x); },
      [&](IntVec acc) { return finish(scale(hn::Sub(acc, zero_points))); });
}

}  // namespace
}  // namespace kinglet
