// Split of skewed tensors into a fine and a coarse plane: where most numbers are small
// and a few large, x = min(x, t) + max(x - t, 0) with one INT8 tensor for each term keeps
// what a single one rounds away.
#pragma once

#include <cstdint>
#include <map>

#include "ir/graph.h"

namespace kinglet {

/// By value, the results of nodes: where its planes meet. Not below zero.
using Thresholds = std::map<ValueId, float>;

/// A graph that computes the same function, whatever the thresholds. The fine plane is a
/// second copy of the value's producer behind a minimum, which INT8 needn't compute (its
/// range ends there); the coarse one a copy with the threshold in its bias, or an
/// addition clamped at zero where the producer has no bias or the whole value is wanted
/// as well. Linear layers, products and quotients (as dividends) read each plane by
/// itself, a sum joins what they make; movers, pools and concatenations of such values
/// hand the planes on. Everything else reads the whole value.
Graph SplitPlanes(const Graph& graph, const Thresholds& thresholds);

/// Multiply-accumulates of one inference.
std::int64_t MacsOf(const Graph& graph);

}  // namespace kinglet
