// Which of the calibrated ranges count where operations want one scale.
#pragma once

#include <vector>

#include "calibrate/ranges.h"
#include "ops/op_def.h"

namespace kinglet {

/// The operands that hold real numbers: not indices, conditions and sizes.
std::vector<ValueId> FloatOperands(const Graph& graph, const Node& node);

/// The operands that have a say in the scale that an operation wants for all: the float
/// ones; but where one computed value is compared with a constant and has other readers,
/// that value alone, since the result's range would cut it for them.
std::vector<ValueId> DecidingOperands(const Graph& graph, const Uses& uses,
                                      const Node& node);

/// Whether the operation wants its float operands and results alike.
bool WantsOneScale(const Node& node);

/// Whether one of the range `range` would lose more than little of it by the other.
bool Cuts(const Range& by, const Range& range);

/// By value id.
struct Deciding {
  std::vector<bool> decides;  ///< its own range makes its parameters
  std::vector<bool> keeps;    ///< some would cut what others need of it
};

/// Of a chain of operations that want one scale, the range at the head counts where each
/// has one operand, and the range of the last result where some have several, but for
/// operands of which others read what it would cut. Results of fixed range have none that
/// counts. `quantized_nodes` says by node which take part.
Deciding DecidingRanges(const Graph& graph, const Ranges& ranges,
                        const std::vector<bool>& quantized_nodes);

}  // namespace kinglet
