// Room in ranges for what the samples lack.
#pragma once

#include "calibrate/ranges.h"
#include "ir/graph.h"

namespace kinglet {

/// A tenth wider to both sides, but for ends that a fused clamp at six or one fixes. By
/// value id.
Ranges WithHeadroom(const Graph& graph, Ranges ranges);

}  // namespace kinglet
