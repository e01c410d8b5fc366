// A picture [n, h * b, w * b, c] seen as [n, h, b, w, b, c] is a permutation of
// [n, h, w, b, b, c]. With samples in place of channels, [b * b * n, h, w, c], the
// padding leaves each position inside a block its own part of the picture.
#include "ops/block_copy.h"

#include "kernels/strided_copy.h"
#include "ops/copies.h"

namespace kinglet {
namespace {

/// Places o with 0 <= o * block + inside - before < size.
struct Places {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
Places PlacesOf(std::int64_t size, std::int64_t block, std::int64_t inside,
                std::int64_t before) {
  const auto up = [block](std::int64_t x) {
    return x <= 0 ? std::int64_t{0} : (x + block - 1) / block;
  };
  return {up(before - inside), up(before - inside + size)};
}

/// The copy for one position inside the blocks, between the picture and its samples.
StridedCopy CopyAt(const BatchBlocks& blocks, const Shape& batch, std::int64_t position,
                   bool to_batch, std::size_t element_bytes) {
  const std::vector<Size> space_strides = StridesOf(blocks.space);
  const std::vector<Size> batch_strides = StridesOf(batch);
  const std::int64_t samples = blocks.space.front();
  std::vector<CopyAxis> axes = {{samples, space_strides[0], batch_strides[0]}};
  Size in_space = 0;
  Size in_batch = position * samples * batch_strides[0];
  std::int64_t rest = position;
  for (std::size_t i = blocks.block.size(); i-- > 0;) {
    const std::int64_t inside = rest % blocks.block[i];
    rest /= blocks.block[i];
    const Places places =
        PlacesOf(blocks.space[i + 1], blocks.block[i], inside, blocks.before[i]);
    const std::int64_t last = std::min(places.last, batch[i + 1]);
    axes.push_back({std::max<std::int64_t>(last - places.first, 0),
                    space_strides[i + 1] * blocks.block[i], batch_strides[i + 1]});
    in_space += (places.first * blocks.block[i] + inside - blocks.before[i]) *
                space_strides[i + 1];
    in_batch += places.first * batch_strides[i + 1];
  }
  axes.push_back({blocks.space.back(), 1, 1});
  if (to_batch) return {axes, in_space, in_batch, element_bytes};
  for (CopyAxis& axis : axes) std::swap(axis.in_stride, axis.out_stride);
  return {axes, in_batch, in_space, element_bytes};
}

}  // namespace

Kernel BlockCopyKernel(std::int64_t block_size, const Shape& space, bool to_depth,
                       const NodeView& view) {
  const Size b = block_size;
  const Size c = space[3];
  const Size row = space[2] * c;
  std::vector<CopyAxis> axes = {
      {space[0], space[1] * row, space[1] * row},
      {space[1] / b, b * row, space[2] / b * b * b * c},
      {space[2] / b, b * c, b * b * c},
      {b, row, b * c},
      {b * c, 1, 1},
  };
  if (!to_depth) {
    for (CopyAxis& axis : axes) std::swap(axis.in_stride, axis.out_stride);
  }
  return CopyKernel({axes, 0, 0, SizeOf(view.Input(0).dtype)}, view);
}

std::optional<Shape> BatchBlocks::Batch() const {
  Shape batch = space;
  batch.front() = ElementCount({space.front(), ElementCount(block)});
  for (std::size_t i = 0; i < block.size(); ++i) {
    const std::int64_t padded = space[i + 1] + before[i] + after[i];
    if (before[i] < 0 || after[i] < 0 || block[i] < 1 || padded % block[i] != 0) {
      return std::nullopt;
    }
    batch[i + 1] = padded / block[i];
  }
  return batch;
}

Kernel BatchBlockKernel(const BatchBlocks& blocks, bool to_batch, const NodeView& view) {
  const std::optional<Shape> batch = blocks.Batch();
  Check(batch.has_value(), "whole blocks");
  std::vector<StridedCopy> copies;
  for (std::int64_t i = 0; i < ElementCount(blocks.block); ++i) {
    copies.push_back(CopyAt(blocks, *batch, i, to_batch, SizeOf(view.Input(0).dtype)));
  }
  return [&kernels = Kernels(), out = view.Output(), copies](const Buffers& buffers) {
    FillZero(out, buffers.outputs[0]);
    for (const StridedCopy& copy : copies) {
      copy.Run(kernels, buffers.inputs[0], buffers.outputs[0]);
    }
  };
}

}  // namespace kinglet
