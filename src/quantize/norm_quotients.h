// Quotients by a norm that the importer met as single functions.
#pragma once

#include <optional>

#include "calibrate/ranges.h"
#include "ir/graph.h"

namespace kinglet {

/// Which results become INT8.
struct Int8Results {
  bool inner = true;
  bool outputs = true;  ///< those of the graph
};

/// x / sqrt(sum of x^2 over the last axis + c), or with a maximum in place of the sum
/// with c, becomes one L2Normalization, whose INT8 kernel rounds once and can't meet a
/// divisor of zero. Only where c is below a thousandth of every sum in `ranges` or the
/// bound that L2_NORMALIZATION has itself, so that it changes results by less than INT8
/// can show; and products with the inverse root, which divide nothing, only where results
/// in INT8 are not so small that its steps of 1/128 lose more. Without ranges, for what
/// rounds no activations, all that stay within its own bound. The graph itself where
/// there is none.
Graph WithNormQuotients(const Graph& graph, const std::optional<Ranges>& ranges,
                        Int8Results int8);

}  // namespace kinglet
