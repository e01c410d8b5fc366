// Room in ranges for what the samples lack.
#pragma once

#include "calibrate/ranges.h"
#include "ir/graph.h"

namespace kinglet {

/// A tenth wider to both sides, but for the upper end of what a fused clamp at six or one
/// ends. By value id.
Ranges WithHeadroom(const Graph& graph, Ranges ranges);

}  // namespace kinglet
