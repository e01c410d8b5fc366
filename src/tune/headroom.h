// Room in ranges for what the samples lack.
#pragma once

#include "calibrate/statistics.h"

namespace kinglet {

/// Ends that are not zero move out by the room that `statistics` of the samples say
/// (outermost.h), but not beyond a fused clamp. By value id.
Ranges WithHeadroom(const Graph& graph, Ranges ranges,
                    const StatisticsCollector& statistics);

}  // namespace kinglet
