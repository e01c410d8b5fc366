// Which INT8 parameters each float value of a graph gets.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "calibrate/ranges.h"
#include "ops/op_def.h"

namespace kinglet {

/// By value id; nothing for constants, integers, and what stays in float.
struct ParamsPlan {
  std::vector<std::optional<QuantParams>> params;
  std::vector<bool> quantized_nodes;
};

/// Applies each operation's QuantRule: results of fixed range, one scale for groups that
/// share it, calibrated ranges elsewhere; and widens scales that a kernel could not
/// rescale from. Of INT16 `activations`, operations that have no such form stay in float.
/// `pinned` values keep their own range wherever others want one scale.
ParamsPlan AssignParams(const Graph& graph, const Ranges& ranges,
                        DType activations = DType::kInt8,
                        const std::set<ValueId>& pinned = {});

}  // namespace kinglet
