// Softmax over rows of int8 values (docs/numerics.md, rule 8.9).
#pragma once

#include <array>
#include <cstdint>

#include "kernels/int_arguments.h"

namespace kinglet {

/// Immutable and safe to run from many threads.
class IntSoftmax {
 public:
  /// Softmax of beta * scale * q.
  IntSoftmax(double beta, double scale);

  /// Results of scale 1/256 and zero point -128.
  void Run(Size rows, Size columns, const std::int8_t* in, std::int8_t* out) const;

 private:
  /// e^(-beta * scale * d) in Q0.31, by d; 0 where the kernel leaves the value out.
  std::array<std::int32_t, 256> exponentials_{};
};

}  // namespace kinglet
