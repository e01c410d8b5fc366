// A float graph in which one value is rounded as INT8 would round it.
#pragma once

#include "ir/graph.h"
#include "quantize/assign_params.h"

namespace kinglet {

/// The graph with one value rounded to INT8 for all that read it. REQUIRES: it has
/// parameters in `plan`.
Graph WithRoundedValue(const Graph& graph, ValueId id, const ParamsPlan& plan);

/// What the mean of so many copies of it with dither (quantize/dither.h) would leave: of
/// a sum, of which the copies of its operands alone have offsets, by as many copies of
/// these; else the value rounded to a `copies`-th of its steps.
Graph WithValueInCopies(const Graph& graph, ValueId id, const ParamsPlan& plan,
                        int copies);

}  // namespace kinglet
