// Blocks of pixels that become channels or samples, and back.
#pragma once

#include "kernels/kernels.h"
#include "ops/op_def.h"

namespace kinglet {

/// `space` [n, h, w, c] and the same with blocks of `block_size` squared as channels;
/// `to_depth`: from the former to the latter.
Kernel BlockCopyKernel(std::int64_t block_size, const Shape& space, bool to_depth,
                       const NodeView& view);

/// Sizes of the axes that are cut into blocks, their padding (or cropping), and how many
/// samples and elements per place there are.
struct BatchBlocks {
  Shape space;  ///< [n, spatial axes..., elements]
  Ints block;
  Ints before;
  Ints after;

  /// [n * blocks, (size + before + after) / block..., elements], or nothing where it
  /// doesn't come out.
  [[nodiscard]] std::optional<Shape> Batch() const;
};

/// `to_batch`: blocks of the first input become samples, zeros (zero points) around it;
/// otherwise samples become blocks and what lies in the padding is left out.
Kernel BatchBlockKernel(const BatchBlocks& blocks, bool to_batch, const NodeView& view);

}  // namespace kinglet
