// Integer kernels that make one result of many elements, for int8 and int16 activations.
#pragma once

#include "kernels/int_arguments.h"
#include "ops/op_def.h"
#include "ops/window.h"

namespace kinglet {

/// Rule 8.6.
Kernel IntMeanOver(const Ints& axes, const NodeView& view);
Kernel IntSumOver(const Ints& axes, const NodeView& view);
Kernel IntProductOver(const Ints& axes, const NodeView& view);
/// `kMaximum` or `kMinimum`: integers only.
Kernel IntExtremeOver(IntReduceOp op, const Ints& axes, const NodeView& view);

/// kernels.average_pool_int8 and so on. The result has the input's scale.
struct IntPoolKernels {
  void (*int8)(const IntPoolPlan& plan, const std::int8_t* in, std::int8_t* out);
  void (*int16)(const IntPoolPlan& plan, const std::int16_t* in, std::int16_t* out);
};
Kernel IntPool(const IntPoolKernels& kernels, const Window& h, const Window& w,
               Activation activation, const NodeView& view);

}  // namespace kinglet
