// Reduction: sum, mean or maximum over any axes of an array.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "kernels/kernels.h"
#include "kernels/strided_copy.h"

namespace kinglet {

/// Immutable and safe to run from many threads.
class Reduction {
 public:
  /// REQUIRES: axes of `shape`, each once.
  Reduction(std::span<const std::int64_t> shape, std::span<const std::int64_t> axes);

  /// Elements are taken in row-major order; `out` has the axes that stay.
  void Run(const KernelTable& kernels, ReduceOp op, const float* in, float* out) const;

 private:
  Size outer_ = 1;
  Size count_ = 1;
  Size inner_ = 1;
  std::optional<StridedCopy> gather_;  ///< brings the reduced axes together
};

}  // namespace kinglet
