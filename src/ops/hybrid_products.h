// Products other than convolutions with float activations and INT8 weights (rule 9.3).
#pragma once

#include "ops/op_def.h"

namespace kinglet {

Kernel HybridTransposeConv(const TransposeConv& op, const NodeView& view);

/// The second operand is INT8 with one scale.
Kernel HybridBatchMatMul(const BatchMatMul& op, const NodeView& view);

}  // namespace kinglet
