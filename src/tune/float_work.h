// What a processor without an NPU's help computes in float.
#pragma once

#include "ir/graph.h"

namespace kinglet {

/// Whether what `after` makes in float beyond `before` is next to nothing: at most 4096
/// elements, or one for a hundred multiply-accumulates of the model. A function of an
/// element in float takes a Cortex-M some dozens of cycles. Quantized graphs.
bool IsCheapInFloat(const Graph& before, const Graph& after);

}  // namespace kinglet
