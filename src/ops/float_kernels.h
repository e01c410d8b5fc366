// Float kernels that several operations share: closures over plans of src/kernels.
#pragma once

#include "kernels/arguments.h"
#include "ops/op_def.h"
#include "ops/window.h"

namespace kinglet {

Clamp ClampOf(Activation activation);

/// The window with its output size and padding resolved.
Axis AxisOf(const Window& window);

/// All elements of a constant operand. REQUIRES: a float32 constant.
std::span<const float> FloatConstant(const Value& value);

/// A constant operand that is multiplied and summed, with zeros for subnormal numbers
/// (docs/numerics.md, 1.2): many processors take a hundred cycles over each of those. The
/// constant itself where there are none. REQUIRES: a float32 constant.
std::shared_ptr<const Tensor> WeightsOf(const Value& value);

/// Aborts unless the first input and the first output are float32.
void CheckFloat(const NodeView& view);

Kernel FloatBinary(BinaryOp op, Activation activation, const NodeView& view);
Kernel FloatUnary(UnaryOp op, const NodeView& view);
Kernel FloatReduce(ReduceOp op, const Ints& axes, const NodeView& view);

/// kernels.average_pool or kernels.max_pool.
using PoolKernel = void (*)(const PoolPlan& plan, const float* in, float* out);

/// Runs `kernel` on every sample of the batch.
Kernel FloatPool(PoolKernel kernel, const Window& h, const Window& w,
                 Activation activation, const NodeView& view);

}  // namespace kinglet
