// Transposition in blocks of 16 x 16, each in squares of 4 x 4 that stay in registers.
#pragma once

#include "kernels/simd-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

HWY_INLINE void Transpose4x4(const float* in, Size in_stride, float* out,
                             Size out_stride) {
  const hn::FixedTag<float, 4> d;
  const hn::FixedTag<std::uint64_t, 2> pairs;
  const auto a = hn::LoadU(d, in);
  const auto b = hn::LoadU(d, in + in_stride);
  const auto c = hn::LoadU(d, in + 2 * in_stride);
  const auto e = hn::LoadU(d, in + 3 * in_stride);
  const auto low_ab = hn::BitCast(pairs, hn::InterleaveLower(d, a, b));
  const auto low_ce = hn::BitCast(pairs, hn::InterleaveLower(d, c, e));
  const auto high_ab = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b));
  const auto high_ce = hn::BitCast(pairs, hn::InterleaveUpper(d, c, e));
  const auto store = [&](auto row, Size i) {
    hn::StoreU(hn::BitCast(d, row), d, out + i * out_stride);
  };
  store(hn::InterleaveLower(pairs, low_ab, low_ce), 0);
  store(hn::InterleaveUpper(pairs, low_ab, low_ce), 1);
  store(hn::InterleaveLower(pairs, high_ab, high_ce), 2);
  store(hn::InterleaveUpper(pairs, high_ab, high_ce), 3);
}

/// 16 rows of 16 bytes. Interleaving row i with row i + 8 halves the distance between the
/// bytes of a column; after four such rounds they adjoin.
HWY_INLINE void Transpose16x16(const std::int8_t* in, Size in_stride, std::int8_t* out,
                               Size out_stride) {
  const hn::FixedTag<std::int8_t, 16> d;
  hn::Vec<decltype(d)> rows[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) rows[i] = hn::LoadU(d, in + i * in_stride);
#pragma GCC unroll 4
  for (int round = 0; round < 4; ++round) {
    hn::Vec<decltype(d)> next[16];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      next[2 * i] = hn::InterleaveLower(d, rows[i], rows[i + 8]);
      next[2 * i + 1] = hn::InterleaveUpper(d, rows[i], rows[i + 8]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) rows[i] = next[i];
  }
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) hn::StoreU(rows[i], d, out + i * out_stride);
}

void TransposeBytes(Size rows, Size columns, const std::int8_t* in, Size in_stride,
                    std::int8_t* out, Size out_stride) {
  const Size whole_rows = rows / 16 * 16;
  const Size whole_columns = columns / 16 * 16;
  for (Size c = 0; c < whole_columns; c += 16) {
    for (Size r = 0; r < whole_rows; r += 16) {
      Transpose16x16(in + r * in_stride + c, in_stride, out + c * out_stride + r,
                     out_stride);
    }
  }
  for (Size r = 0; r < rows; ++r) {
    const Size first = r < whole_rows ? whole_columns : 0;
    for (Size c = first; c < columns; ++c) {
      out[c * out_stride + r] = in[r * in_stride + c];
    }
  }
}

HWY_INLINE void TransposeBlock(Size rows, Size columns, const float* in, Size in_stride,
                               float* out, Size out_stride) {
  const Size whole_rows = rows / 4 * 4;
  const Size whole_columns = columns / 4 * 4;
  for (Size c = 0; c < whole_columns; c += 4) {
    for (Size r = 0; r < whole_rows; r += 4) {
      Transpose4x4(in + r * in_stride + c, in_stride, out + c * out_stride + r,
                   out_stride);
    }
  }
  for (Size r = 0; r < rows; ++r) {
    const Size first = r < whole_rows ? whole_columns : 0;
    for (Size c = first; c < columns; ++c) {
      out[c * out_stride + r] = in[r * in_stride + c];
    }
  }
}

void Transpose(Size rows, Size columns, const float* in, Size in_stride, float* out,
               Size out_stride) {
  constexpr Size kBlock = 16;
  for (Size c = 0; c < columns; c += kBlock) {
    for (Size r = 0; r < rows; r += kBlock) {
      TransposeBlock(Smaller(kBlock, rows - r), Smaller(kBlock, columns - c),
                     in + r * in_stride + c, in_stride, out + c * out_stride + r,
                     out_stride);
    }
  }
}

}  // namespace
}  // namespace kinglet
