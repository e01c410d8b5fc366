// Operations that look at each element by itself.
#pragma once

#include "ir/graph.h"

namespace kinglet {

/// Whether each element of the result is a function, one for all, of the same element of
/// the only operand.
bool IsPointwise(const Op& op);

/// The same of the same elements of all operands, of which one may be broadcast.
bool IsArithmetic(const Op& op);

}  // namespace kinglet
