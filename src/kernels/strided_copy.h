// StridedCopy: moves elements between two arrays that step through memory in different
// ways. Transposing, slicing, padding and joining are such copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.h"

namespace kinglet {

/// One axis: how many elements, and the distance of neighbours, in elements.
struct CopyAxis {
  Size size = 1;
  Size in_stride = 0;
  Size out_stride = 0;
};

/// Immutable and safe to run from many threads.
class StridedCopy {
 public:
  /// Element (i, j, ...) goes from in_offset + i * in_stride + ... to out_offset + ....
  /// REQUIRES: elements of 1, 2, 4 or 8 bytes.
  StridedCopy(std::span<const CopyAxis> axes, Size in_offset, Size out_offset,
              std::size_t element_bytes);

  void Run(const KernelTable& kernels, const std::byte* in, std::byte* out) const;

  /// Nothing moves: one run of elements from offset 0 to offset 0.
  [[nodiscard]] bool IsIdentity() const;

 private:
  void Block(const KernelTable& kernels, const std::byte* in, std::byte* out) const;

  std::vector<CopyAxis> outer_;
  CopyAxis rows_;  ///< the two innermost axes
  CopyAxis inner_;
  Size in_offset_;
  Size out_offset_;
  Size element_bytes_;
};

/// Row-major strides.
std::vector<Size> StridesOf(std::span<const std::int64_t> shape);

/// Output axis i is input axis perm[i].
StridedCopy Permutation(std::span<const std::int64_t> shape,
                        std::span<const std::int64_t> perm, std::size_t element_bytes);

}  // namespace kinglet
