// Kernels that only move elements, of any type.
#pragma once

#include "kernels/strided_copy.h"
#include "ops/op_def.h"

namespace kinglet {

/// From input 0 to the result; empty (the same bytes) where nothing moves.
Kernel CopyKernel(StridedCopy copy, const NodeView& view);

/// Axes of a dense input of `shape` copied whole into an output with these strides.
std::vector<CopyAxis> AxesInto(const Shape& shape, std::span<const Size> out_strides);

}  // namespace kinglet
