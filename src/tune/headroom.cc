#include "tune/headroom.h"

#include <algorithm>

#include "ops/float_kernels.h"
#include "ops/op_def.h"

namespace kinglet {

Ranges WithHeadroom(const Graph& graph, Ranges ranges,
                    const StatisticsCollector& statistics) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (!ranges[i].has_value()) continue;
    const Outermost::Room room =
        statistics.outermost(static_cast<ValueId>(i)).RoomBeyond();
    if (ranges[i]->min < 0) ranges[i]->min -= room.below;
    if (ranges[i]->max > 0) ranges[i]->max += room.above;
  }
  for (const Node& node : graph.nodes) {
    const Activation* activation = ActivationOf(node.op);
    std::optional<Range>& range = ranges[Index(node.outputs[0])];
    if (activation == nullptr || !range.has_value()) continue;
    const Clamp clamp = ClampOf(*activation);
    range->min = std::max(range->min, clamp.low);
    range->max = std::min(range->max, clamp.high);
  }
  return ranges;
}

}  // namespace kinglet
