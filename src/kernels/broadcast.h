// Broadcast: two-operand arithmetic over arrays of any rank, NumPy's rules.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.h"

namespace kinglet {

/// Immutable and safe to run from many threads.
class Broadcast2 {
 public:
  /// REQUIRES: the shapes broadcast.
  Broadcast2(std::span<const std::int64_t> a, std::span<const std::int64_t> b);

  void Run(const KernelTable& kernels, BinaryOp op, Clamp clamp, const float* a,
           const float* b, float* out) const;

  /// Calls body(args) for one matrix after the other. Args is BinaryArgs or
  /// IntBinaryArgs; T its element.
  template <typename Args, typename T, typename Body>
  void ForMatrices(const T* a, const T* b, T* out, const Body& body) const {
    for (Size i = 0; i < Matrices(); ++i) {
      const Offsets from = OffsetsOf(i);
      Args args;
      args.rows = rows_.size;
      args.columns = columns_.size;
      args.a = a + from.a;
      args.a_row = rows_.a;
      args.a_column = columns_.a;
      args.b = b + from.b;
      args.b_row = rows_.b;
      args.b_column = columns_.b;
      args.out = out + i * rows_.size * columns_.size;
      body(args);
    }
  }

 private:
  struct Offsets {
    Size a = 0;
    Size b = 0;
  };
  [[nodiscard]] Size Matrices() const;
  [[nodiscard]] Offsets OffsetsOf(Size matrix) const;

  /// Output size and the operands' strides (0: broadcast) of one axis.
  struct Dim {
    Size size;
    Size a;
    Size b;
  };
  [[nodiscard]] static bool Adjoin(const Dim& outer, const Dim& inner);

  std::vector<Dim> outer_;  ///< all axes but the last two
  Dim rows_{1, 0, 0};
  Dim columns_{1, 0, 0};
};

}  // namespace kinglet
