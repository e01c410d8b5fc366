// Which parameters each float value of a graph gets.
#pragma once

#include <optional>
#include <vector>

#include "calibrate/ranges.h"
#include "ops/op_def.h"
#include "quantize/precision.h"

namespace kinglet {

/// By value id; nothing for constants, integers, and what no node of `quantized_nodes`
/// wants.
struct ParamsPlan {
  std::vector<std::optional<QuantParams>> params;
  std::vector<bool> quantized_nodes;
};

/// Applies each operation's QuantRule to the nodes of one precision, INT8 or INT16:
/// results of fixed range, one scale for groups that share it, calibrated ranges
/// elsewhere; and widens scales that a kernel could not rescale from. Operations that
/// have no form of that type are not among the quantized nodes.
ParamsPlan AssignParams(const Graph& graph, const Ranges& ranges,
                        const QuantizeOptions& options = {},
                        Precision precision = Precision::kInt8);

}  // namespace kinglet
