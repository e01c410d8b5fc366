// Vectors, whole or partial loads and stores, and loops over them, for the one
// instruction set that the including file is compiled for. Everything has internal
// linkage.
#pragma once

#include <hwy/highway.h>

#include "kernels/arguments.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Ints32 = hn::RebindToSigned<Floats>;
using Doubles = hn::Repartition<double, Floats>;
using Vec = hn::Vec<Floats>;
using IntVec = hn::Vec<Ints32>;
using Mask = hn::Mask<Floats>;

constexpr Floats kFloats;
constexpr Ints32 kInts;
constexpr Size kLanes = static_cast<Size>(hn::MaxLanes(Floats()));

/// How many lanes of a vector take part.
struct Whole {};
struct Part {
  Size count;
};

HWY_INLINE Vec Splat(float x) { return hn::Set(kFloats, x); }

HWY_INLINE Vec Load(const float* from, Whole /*lanes*/) {
  return hn::LoadU(kFloats, from);
}

HWY_INLINE Vec Load(const float* from, Part lanes) {
#if HWY_ARCH_X86
  return hn::MaskedLoad(hn::FirstN(kFloats, static_cast<std::size_t>(lanes.count)),
                        kFloats, from);
#else
  float copy[kLanes] = {};
  for (Size i = 0; i < lanes.count; ++i) copy[i] = from[i];
  return hn::LoadU(kFloats, copy);
#endif
}

HWY_INLINE void Store(Vec v, float* to, Whole /*lanes*/) { hn::StoreU(v, kFloats, to); }

HWY_INLINE void Store(Vec v, float* to, Part lanes) {
#if HWY_ARCH_X86
  hn::BlendedStore(v, hn::FirstN(kFloats, static_cast<std::size_t>(lanes.count)), kFloats,
                   to);
#else
  float copy[kLanes];
  hn::StoreU(v, kFloats, copy);
  for (Size i = 0; i < lanes.count; ++i) to[i] = copy[i];
#endif
}

/// body(offset, lanes) over n elements.
template <typename Body>
HWY_INLINE void ForVectors(Size n, const Body& body) {
  Size i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i, Whole{});
  if (i < n) body(i, Part{n - i});
}

// x < low ? low : x. On x86 the second operand is the one that survives NaN and ties.
HWY_INLINE Vec AtLeast(Vec low, Vec x) {
#if HWY_ARCH_X86
  return hn::Max(low, x);
#else
  return hn::IfThenElse(hn::Lt(x, low), low, x);
#endif
}

// x > high ? high : x
HWY_INLINE Vec AtMost(Vec high, Vec x) {
#if HWY_ARCH_X86
  return hn::Min(high, x);
#else
  return hn::IfThenElse(hn::Gt(x, high), high, x);
#endif
}

HWY_INLINE Vec Clamped(Vec x, Vec low, Vec high) { return AtMost(high, AtLeast(low, x)); }

HWY_INLINE Size Smaller(Size a, Size b) { return a < b ? a : b; }
HWY_INLINE Size Larger(Size a, Size b) { return a > b ? a : b; }

/// Part of a window that lies in the input: taps [first, last).
struct Taps {
  Size first;
  Size last;
};

HWY_INLINE Taps TapsInside(const Axis& axis, Size out) {
  const Size start = out * axis.stride - axis.before;
  Taps taps{0, axis.kernel};
  while (taps.first < taps.last && start + taps.first * axis.dilation < 0) ++taps.first;
  while (taps.last > taps.first && start + (taps.last - 1) * axis.dilation >= axis.in) {
    --taps.last;
  }
  return taps;
}

/// Outputs [first, last) of a row whose windows lie between its ends.
struct Interior {
  Size first;
  Size last;
};

HWY_INLINE Interior InteriorOf(const Axis& axis) {
  Interior interior{0, axis.out};
  while (interior.first < axis.out && interior.first * axis.stride - axis.before < 0) {
    ++interior.first;
  }
  while (interior.last > interior.first &&
         (interior.last - 1) * axis.stride - axis.before + axis.kernel > axis.in) {
    --interior.last;
  }
  return interior;
}

/// Adds a kernel row of three taps to kBlock neighbouring outputs, which share the values
/// that `value_at(column)` gives. Per output, taps ascend.
template <int kBlock, int kStride, typename ValueAt>
HWY_INLINE void AddThreeTaps(const Vec* weights, const ValueAt& value_at,
                             Vec (&acc)[kBlock]) {
#pragma GCC unroll 32
  for (int column = 0; column < (kBlock - 1) * kStride + 3; ++column) {
    const Vec value = value_at(column);
#pragma GCC unroll 8
    for (int o = 0; o < kBlock; ++o) {
      const int kx = column - o * kStride;
      if (kx >= 0 && kx <= 2) acc[o] = hn::MulAdd(value, weights[kx], acc[o]);
    }
  }
}

}  // namespace
}  // namespace kinglet
