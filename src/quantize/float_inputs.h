// Functions of single elements in front of the first layers, computed in float: behind
// them INT8 rounds once, and their results, not what they are made of.
#pragma once

#include "ir/graph.h"
#include "quantize/precision.h"

namespace kinglet {

/// The precisions (empty: INT8 throughout) with float for the nodes that make of each
/// element of an input, or of such a node's result, one element, and no output of the
/// graph.
Precisions WithFloatInputs(const Graph& graph, Precisions precisions);

}  // namespace kinglet
