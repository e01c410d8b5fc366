// One result per element: arithmetic with broadcasting, clamps, functions, conversions.
#pragma once

#include "kernels/math-inl.h"
#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

// a > b ? a : b, and its mirror image.
HWY_INLINE Vec LargerOf(Vec a, Vec b) {
#if HWY_ARCH_X86
  return hn::Max(a, b);
#else
  return hn::IfThenElse(hn::Gt(a, b), a, b);
#endif
}

HWY_INLINE Vec SmallerOf(Vec a, Vec b) {
#if HWY_ARCH_X86
  return hn::Min(a, b);
#else
  return hn::IfThenElse(hn::Lt(a, b), a, b);
#endif
}

template <bool kVaries, typename Lanes>
HWY_INLINE Vec Operand(const float* row, Size column, Lanes lanes) {
  if constexpr (kVaries) {
    return Load(row + column, lanes);
  } else {
    return Splat(*row);
  }
}

template <bool kAVaries, bool kBVaries, typename Function>
void BinaryRows(const BinaryArgs& args, const Function& function) {
  const Vec low = Splat(args.clamp.low);
  const Vec high = Splat(args.clamp.high);
  for (Size r = 0; r < args.rows; ++r) {
    const float* a = args.a + r * args.a_row;
    const float* b = args.b + r * args.b_row;
    float* out = args.out + r * args.columns;
    ForVectors(args.columns, [&](Size i, auto lanes) {
      const Vec y =
          function(Operand<kAVaries>(a, i, lanes), Operand<kBVaries>(b, i, lanes));
      Store(Clamped(y, low, high), out + i, lanes);
    });
  }
}

template <typename Function>
void BinaryWith(const BinaryArgs& args, const Function& function) {
  if (args.a_column == 0) {
    BinaryRows<false, true>(args, function);
  } else if (args.b_column == 0) {
    BinaryRows<true, false>(args, function);
  } else {
    BinaryRows<true, true>(args, function);
  }
}

void Binary(BinaryOp op, const BinaryArgs& args) {
  switch (op) {
    case BinaryOp::kAdd:
      return BinaryWith(args, [](Vec a, Vec b) { return hn::Add(a, b); });
    case BinaryOp::kSub:
      return BinaryWith(args, [](Vec a, Vec b) { return hn::Sub(a, b); });
    case BinaryOp::kMul:
      return BinaryWith(args, [](Vec a, Vec b) { return hn::Mul(a, b); });
    case BinaryOp::kDiv:
      return BinaryWith(args, [](Vec a, Vec b) { return hn::Div(a, b); });
    case BinaryOp::kMaximum:
      return BinaryWith(args, [](Vec a, Vec b) { return LargerOf(a, b); });
    case BinaryOp::kMinimum:
      return BinaryWith(args, [](Vec a, Vec b) { return SmallerOf(a, b); });
    case BinaryOp::kFloorDiv:
      return BinaryWith(args, [](Vec a, Vec b) { return hn::Floor(hn::Div(a, b)); });
    case BinaryOp::kPRelu:
      return BinaryWith(args, [](Vec a, Vec b) {
        return hn::IfThenElse(hn::Ge(a, hn::Zero(kFloats)), a, hn::Mul(a, b));
      });
    case BinaryOp::kSquaredDifference:
      return BinaryWith(args, [](Vec a, Vec b) {
        const Vec difference = hn::Sub(a, b);
        return hn::Mul(difference, difference);
      });
  }
}

template <typename Function>
void Map(Size n, const float* in, float* out, const Function& function) {
  ForVectors(n, [&](Size i, auto lanes) {
    Store(function(Load(in + i, lanes)), out + i, lanes);
  });
}

void Unary(UnaryOp op, Size n, const float* in, float* out) {
  switch (op) {
    case UnaryOp::kExp:
      return Map(n, in, out, [](Vec x) { return ExpOf(x); });
    case UnaryOp::kLog:
      return Map(n, in, out, [](Vec x) { return LogOf(x); });
    case UnaryOp::kTanh:
      return Map(n, in, out, [](Vec x) { return TanhOf(x); });
    case UnaryOp::kLogistic:
      return Map(n, in, out, [](Vec x) { return LogisticOf(x); });
    case UnaryOp::kSqrt:
      return Map(n, in, out, [](Vec x) { return SqrtOf(x); });
    case UnaryOp::kRsqrt:
      return Map(n, in, out, [](Vec x) { return RsqrtOf(x); });
    case UnaryOp::kAbs:
      return Map(n, in, out, [](Vec x) { return hn::Abs(x); });
    case UnaryOp::kNeg:
      return Map(n, in, out, [](Vec x) { return hn::Neg(x); });
    case UnaryOp::kSquare:
      return Map(n, in, out, [](Vec x) { return hn::Mul(x, x); });
    case UnaryOp::kCeil:
      return Map(n, in, out, [](Vec x) { return hn::Ceil(x); });
    case UnaryOp::kFloor:
      return Map(n, in, out, [](Vec x) { return hn::Floor(x); });
    case UnaryOp::kRound:
      return Map(n, in, out, [](Vec x) { return hn::Round(x); });
    case UnaryOp::kElu:
      return Map(n, in, out, [](Vec x) { return EluOf(x); });
    case UnaryOp::kGelu:
      return Map(n, in, out, [](Vec x) { return GeluOf(x); });
    case UnaryOp::kGeluTanh:
      return Map(n, in, out, [](Vec x) { return GeluTanhOf(x); });
    case UnaryOp::kHardSwish:
      return Map(n, in, out, [](Vec x) { return HardSwishOf(x); });
  }
}

void ClampAll(Clamp clamp, Size n, const float* in, float* out) {
  const Vec low = Splat(clamp.low);
  const Vec high = Splat(clamp.high);
  Map(n, in, out, [&](Vec x) { return Clamped(x, low, high); });
}

void LeakyReluAll(float alpha, Size n, const float* in, float* out) {
  const Vec slope = Splat(alpha);
  Map(n, in, out, [&](Vec x) {
    return hn::IfThenElse(hn::Ge(x, hn::Zero(kFloats)), x, hn::Mul(x, slope));
  });
}

void Softmax(float beta, Size rows, Size columns, const float* in, float* out) {
  for (Size r = 0; r < rows; ++r, in += columns, out += columns) {
    float largest = -std::numeric_limits<float>::infinity();
    for (Size i = 0; i < columns; ++i) largest = in[i] > largest ? in[i] : largest;
    Map(columns, in, out,
        [&](Vec x) { return ExpOf(hn::Mul(hn::Sub(x, Splat(largest)), Splat(beta))); });
    float sum = 0.0F;
    for (Size i = 0; i < columns; ++i) sum += out[i];
    Map(columns, out, out, [&](Vec e) { return hn::Div(e, Splat(sum)); });
  }
}

template <typename T>
using Narrow = hn::Rebind<T, Floats>;

template <typename T>
HWY_INLINE void StoreNarrow(hn::Vec<Narrow<T>> v, T* to, Whole /*lanes*/) {
  hn::StoreU(v, Narrow<T>(), to);
}

template <typename T>
HWY_INLINE void StoreNarrow(hn::Vec<Narrow<T>> v, T* to, Part lanes) {
  T copy[kLanes];
  hn::StoreU(v, Narrow<T>(), copy);
  for (Size i = 0; i < lanes.count; ++i) to[i] = copy[i];
}

template <typename T>
HWY_INLINE hn::Vec<Narrow<T>> LoadNarrow(const T* from, Whole /*lanes*/) {
  return hn::LoadU(Narrow<T>(), from);
}

template <typename T>
HWY_INLINE hn::Vec<Narrow<T>> LoadNarrow(const T* from, Part lanes) {
  T copy[kLanes] = {};
  for (Size i = 0; i < lanes.count; ++i) copy[i] = from[i];
  return hn::LoadU(Narrow<T>(), copy);
}

// Halves away from zero: the part that truncation takes off is exact.
HWY_INLINE Vec Rounded(Vec x) {
  const Vec whole = hn::Trunc(x);
  const Mask away = hn::Ge(hn::Abs(hn::Sub(x, whole)), Splat(0.5F));
  return hn::Add(whole, hn::IfThenElseZero(away, hn::CopySign(Splat(1.0F), x)));
}

// The ratio is bounded before it becomes an integer, far outside the range of q.
template <typename T>
void QuantizeTo(Scale scale, Size n, const float* in, T* out) {
  const float bound = static_cast<float>(std::numeric_limits<T>::max()) * 4.0F;
  const Vec divisor = Splat(scale.scale);
  const IntVec zero_point = hn::Set(kInts, scale.zero_point);
  ForVectors(n, [&](Size i, auto lanes) {
    const Vec ratio = hn::Div(Load(in + i, lanes), divisor);
    const Vec number = hn::IfThenElseZero(hn::Eq(ratio, ratio), ratio);
    const Vec rounded = Rounded(Clamped(number, Splat(-bound), Splat(bound)));
    const IntVec q = hn::Add(hn::ConvertTo(kInts, rounded), zero_point);
    StoreNarrow(hn::DemoteTo(Narrow<T>(), q), out + i, lanes);
  });
}

template <typename T>
void DequantizeFrom(Scale scale, Size n, const T* in, float* out) {
  const Vec factor = Splat(scale.scale);
  const IntVec zero_point = hn::Set(kInts, scale.zero_point);
  ForVectors(n, [&](Size i, auto lanes) {
    const IntVec q = hn::PromoteTo(kInts, LoadNarrow(in + i, lanes));
    const Vec x = hn::ConvertTo(kFloats, hn::Sub(q, zero_point));
    Store(hn::Mul(x, factor), out + i, lanes);
  });
}

}  // namespace
}  // namespace kinglet
