// An int8 input less its zero point as int16 or float32, with zeros around it.
#pragma once

#include <cstring>

#include "kernels/int_simd-inl.h"
#include "kernels/transpose-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

HWY_INLINE void StoreWide(IntVec v, float* to) {
  hn::StoreU(hn::ConvertTo(kFloats, v), kFloats, to);
}
HWY_INLINE void StoreWide(IntVec v, std::int16_t* to) {
  constexpr hn::Rebind<std::int16_t, Ints32> kShorts;
  hn::StoreU(hn::DemoteTo(kShorts, v), kShorts, to);
}

/// n elements. Writes up to a vector beyond the end, reads nothing beyond it.
template <typename T>
HWY_INLINE void WidenRow(const std::int8_t* in, Size n, IntVec zero_point, T* out) {
  ForVectors(n, [&](Size i, auto lanes) {
    StoreWide(hn::Sub(LoadBytes(in + i, lanes), zero_point), out + i);
  });
}

template <typename T>
void WidenRepeated(const WidenPlan& plan, const std::int8_t* in, Size n, T* out) {
  const Size repeats = plan.channels / plan.in_channels;
  for (Size i = 0; i < n * plan.in_channels; ++i) {
    for (Size k = 0; k < repeats; ++k) {
      *out++ = static_cast<T>(in[i] - plan.zero_point);
    }
  }
}

template <typename T>
void WidenEach(const std::int8_t* in, Size n, std::int32_t zero_point, T* out) {
  for (Size k = 0; k < n; ++k) out[k] = static_cast<T>(in[k] - zero_point);
}

template <typename T>
void WidenTurned(const WidenPlan& plan, const std::int8_t* in, T* out) {
  constexpr Size kBlock = 16;
  const IntVec zero_point = SplatInt(plan.zero_point);
  for (Size x = 0; x < plan.columns; x += kBlock) {
    const Size columns = Smaller(kBlock, plan.columns - x);
    for (Size y = 0; y < plan.in_rows; y += kBlock) {
      std::int8_t block[kBlock * kBlock] = {};
      TransposeBytes(Smaller(kBlock, plan.in_rows - y), columns,
                     in + y * plan.in_columns + x, plan.in_columns, block, kBlock);
      // In ascending order, as each row writes beyond its end.
      for (Size i = 0; i < columns; ++i) {
        T* to = out + (x + i) * plan.channels + y;
        const Size n = Smaller(kBlock, plan.channels - y);
        if (n == kBlock) {
          WidenRow(block + i * kBlock, kBlock, zero_point, to);
        } else {
          WidenEach(block + i * kBlock, n, plan.zero_point, to);
        }
      }
    }
  }
}

/// REQUIRES: room for a vector beyond the end of the result.
template <typename T>
void Widen(const WidenPlan& plan, const std::int8_t* in, T* out) {
  if (plan.turned) return WidenTurned(plan, in, out);
  const Size row = plan.columns * plan.channels;
  const Size copied = Smaller(plan.in_columns, plan.columns - plan.left);
  const Size behind = row - (plan.left + copied) * plan.channels;
  const IntVec zero_point = SplatInt(plan.zero_point);
  const auto clear = [](T* to, Size n) {
    std::memset(to, 0, static_cast<std::size_t>(n) * sizeof(T));
  };
  for (Size y = 0; y < plan.rows; ++y, out += row) {
    const Size in_y = y - plan.top;
    if (in_y < 0 || in_y >= plan.in_rows) {
      clear(out, row);
      continue;
    }
    clear(out, plan.left * plan.channels);
    const std::int8_t* from = in + in_y * plan.in_columns * plan.in_channels;
    T* to = out + plan.left * plan.channels;
    if (plan.channels == plan.in_channels) {
      WidenRow(from, copied * plan.channels, zero_point, to);
    } else {
      WidenRepeated(plan, from, copied, to);
    }
    clear(out + row - behind, behind);
  }
}

}  // namespace
}  // namespace kinglet
