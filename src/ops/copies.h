// Kernels that only move elements, of any type.
#pragma once

#include "kernels/strided_copy.h"
#include "ops/op_def.h"

namespace kinglet {

/// From input 0 to the result; empty (the same bytes) where nothing moves.
Kernel CopyKernel(StridedCopy copy, const NodeView& view);

/// Axes of a dense input of `shape` copied whole into an output with these strides.
std::vector<CopyAxis> AxesInto(const Shape& shape, std::span<const Size> out_strides);

/// Fills the value's bytes with zero as its scale has it.
void FillZero(const Value& value, std::byte* out);

/// Input i goes whole into the result, `steps[i]` elements behind the input before it;
/// `out_strides` are those of the inputs' axes.
Kernel JoinKernel(const NodeView& view, std::span<const Size> out_strides,
                  std::span<const Size> steps);

/// Result i is filled from the input, `steps[i]` elements before the result after it;
/// `in_strides` are those of the results' axes.
Kernel CutKernel(const NodeView& view, std::span<const Size> in_strides,
                 std::span<const Size> steps);

}  // namespace kinglet
