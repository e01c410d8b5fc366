// Sums of rows of bytes, and dot products of lines of them.
#pragma once

#include "kernels/int_simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

using Int16s = hn::Repartition<std::int16_t, Ints32>;
using HalfBytes = hn::Rebind<std::int8_t, Int16s>;

void AddRowsInt8(Size rows, Size n, const std::int8_t* in, Size in_stride,
                 std::int32_t* sums) {
  Size i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    IntVec sum = LoadInts(sums + i);
    for (Size r = 0; r < rows; ++r) {
      sum = hn::Add(sum, LoadBytes(in + r * in_stride + i, Whole{}));
    }
    hn::StoreU(sum, kInts, sums + i);
  }
  for (; i < n; ++i) {
    for (Size r = 0; r < rows; ++r) sums[i] += in[r * in_stride + i];
  }
}

/// Of `a` with `kCount` lines, several at a time.
template <Size kCount>
void DotsOf(Size n, const std::int8_t* a, const std::int8_t* const* b,
            std::int32_t* out) {
  constexpr Int16s kInt16s;
  constexpr HalfBytes kHalfBytes;
  constexpr Size kAtOnce = 2 * kLanes;
  const auto load = [&](const std::int8_t* from) HWY_ATTR {
    return hn::PromoteTo(kInt16s, hn::LoadU(kHalfBytes, from));
  };
  IntVec sums[kCount];
  IntVec more[kCount];  // sums of other lanes, where the processor keeps them apart
  for (IntVec& sum : sums) sum = hn::Zero(kInts);
  for (IntVec& sum : more) sum = hn::Zero(kInts);
  Size i = 0;
  for (; i + kAtOnce <= n; i += kAtOnce) {
    const auto x = load(a + i);
#pragma GCC unroll 4
    for (Size j = 0; j < kCount; ++j) {
      sums[j] = hn::ReorderWidenMulAccumulate(kInts, x, load(b[j] + i), sums[j], more[j]);
    }
  }
  for (Size j = 0; j < kCount; ++j) {
    out[j] = hn::GetLane(hn::SumOfLanes(kInts, hn::Add(sums[j], more[j])));
    for (Size rest = i; rest < n; ++rest) out[j] += std::int32_t{a[rest]} * b[j][rest];
  }
}

void DotsInt8(Size n, const std::int8_t* a, Size count, const std::int8_t* const* b,
              std::int32_t* out) {
  constexpr Size kAtOnce = 4;
  Size j = 0;
  for (; j + kAtOnce <= count; j += kAtOnce) DotsOf<kAtOnce>(n, a, b + j, out + j);
  for (; j < count; ++j) DotsOf<1>(n, a, b + j, out + j);
}

}  // namespace
}  // namespace kinglet
