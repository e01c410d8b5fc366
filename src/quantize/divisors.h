// What an INT8 quotient divides by: its kernel stops at a divisor of zero, which a
// quieter sample than any seen may have.
#pragma once

#include "ir/graph.h"
#include "quantize/assign_params.h"

namespace kinglet {

struct Divisor {
  ValueId value{};  ///< of a sum with a constant too small to be seen the other operand
  bool may_be_zero = true;
};

/// REQUIRES: `id` has parameters in `plan`.
Divisor DivisorOf(const Graph& graph, const Uses& uses, const ParamsPlan& plan,
                  ValueId id);

}  // namespace kinglet
