// The float graph that the recipes start from.
#pragma once

#include "ir/graph.h"

namespace kinglet {

/// The model's function with what is piecewise linear, and factors with their offsets,
/// rounded once, and with filter banks in bands if the products that these save can be
/// spent.
Graph StartGraph(const Graph& model, bool can_spend_products);

}  // namespace kinglet
