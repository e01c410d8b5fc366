// Elementwise kernels by element type: vectors for float32, loops for the integers of
// shapes and positions.
#pragma once

#include "kernels/arguments.h"
#include "ops/op_def.h"

namespace kinglet {

/// float32, int32 or int64; integers wrap around, and a quotient by zero is zero.
Kernel BinaryKernel(BinaryOp op, Activation activation, const NodeView& view);

/// float32; kAbs, kNeg and kSquare also int32 and int64.
Kernel UnaryKernel(UnaryOp op, const NodeView& view);

/// A function without vector code, of float32.
Kernel MapKernel(float (*function)(float), const NodeView& view);

/// float32; all but kMean also int32 and int64.
Kernel ReduceKernel(ReduceOp op, const Ints& axes, const NodeView& view);

}  // namespace kinglet
