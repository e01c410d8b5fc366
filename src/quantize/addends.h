// Constants in sums and differences of INT8, which stand at an end of their range where
// the constant is far outside of it.
#pragma once

#include <cstddef>

#include "base/tensor.h"
#include "calibrate/ranges.h"
#include "ir/graph.h"
#include "ops/op_def.h"

namespace kinglet {

/// True for an Add or Sub.
bool IsSum(const Node& node);

/// What the integers of an INT8 tensor can say.
Range RangeOf(const QuantParams& params);

/// Operand `which`, 0 or 1, of a sum, with numbers cut that put the result at an end of
/// its range whatever the other operand says: the sums are the same, and the constant has
/// finer steps. REQUIRES: IsSum(node), float32.
Tensor CutAddend(const Node& node, std::size_t which, const Tensor& addend,
                 const QuantParams& other, const QuantParams& out);

/// The largest absolute value that the sum of two operands in these ranges can have
/// before it is clamped.
float LargestSum(const Node& node, const Range& first, const Range& second);

}  // namespace kinglet
