// A copy that picks along each axis by a table of positions.
#pragma once

#include "ops/op_def.h"

namespace kinglet {

/// out[i, j, ...] = in[positions[0][i], positions[1][j], ...], of any element type.
/// REQUIRES: a table for each axis of the first input, as long as the result's axis.
Kernel TableCopyKernel(const std::vector<Ints>& positions, const NodeView& view);

}  // namespace kinglet
