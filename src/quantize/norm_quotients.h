// Quotients by a norm that the importer met as single functions.
#pragma once

#include "calibrate/ranges.h"
#include "ir/graph.h"

namespace kinglet {

/// x / sqrt(sum of x^2 over the last axis + c), or with a maximum in place of the sum
/// with c, becomes one L2Normalization, whose INT8 kernel rounds once and can't meet a
/// divisor of zero. Only where c is below a thousandth of every sum in `ranges`, so that
/// it changes results by less than INT8 can show. The graph itself where there is none.
Graph WithNormQuotients(const Graph& graph, const Ranges& ranges);

}  // namespace kinglet
