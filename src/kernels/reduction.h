// Reduction: sum, mean or maximum over any axes of an array.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/kernels.h"
#include "kernels/portable_int.h"
#include "kernels/strided_copy.h"

namespace kinglet {

/// Immutable and safe to run from many threads.
class Reduction {
 public:
  /// REQUIRES: axes of `shape`, each once; elements of 1, 2 or 4 bytes.
  Reduction(std::span<const std::int64_t> shape, std::span<const std::int64_t> axes,
            std::size_t element_bytes);

  /// Elements are taken in row-major order; `out` has the axes that stay.
  void Run(const KernelTable& kernels, ReduceOp op, const float* in, float* out) const {
    Arrange(kernels, in, [&](const float* arranged) {
      kernels.reduce(op, {outer_, count_, inner_, arranged, out});
    });
  }
  void Run(const KernelTable& kernels, const IntReducePlan& plan, const std::int8_t* in,
           std::int8_t* out) const {
    Arrange(kernels, in, [&](const std::int8_t* arranged) {
      kernels.reduce_int8(plan, {outer_, count_, inner_, arranged, out});
    });
  }
  void Run(const KernelTable& kernels, const IntReducePlan& plan, const std::int16_t* in,
           std::int16_t* out) const {
    Arrange(kernels, in, [&](const std::int16_t* arranged) {
      portable::ReduceInt<std::int16_t>(plan, {outer_, count_, inner_, arranged, out});
    });
  }

  /// How many elements make one result.
  [[nodiscard]] Size count() const { return count_; }

 private:
  /// body(elements), whose layout is [outer][count][inner].
  template <typename T, typename Body>
  void Arrange(const KernelTable& kernels, const T* in, const Body& body) const {
    if (!gather_.has_value()) return body(in);
    std::vector<T> gathered(static_cast<std::size_t>(outer_ * count_ * inner_));
    gather_->Run(kernels, reinterpret_cast<const std::byte*>(in),
                 reinterpret_cast<std::byte*>(gathered.data()));
    body(gathered.data());
  }

  Size outer_ = 1;
  Size count_ = 1;
  Size inner_ = 1;
  std::optional<StridedCopy> gather_;  ///< brings the reduced axes together
};

}  // namespace kinglet
