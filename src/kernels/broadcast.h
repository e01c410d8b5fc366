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

 private:
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
