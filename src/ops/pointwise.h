// Operations that look at each element by itself.
#pragma once

#include <cstddef>
#include <optional>

#include "base/tensor.h"
#include "ir/graph.h"

namespace kinglet {

/// Whether each element of the result is a function, one for all, of the same element of
/// the only operand.
bool IsPointwise(const Op& op);

/// A pointwise function that INT8 computes, and that its steps of one size follow badly.
bool IsCurved(const Op& op);

/// Whether a finite operand can make an infinite result.
bool HasPoles(const Op& op);

/// Each element a function of the same elements of all operands, of which one may be
/// broadcast.
bool IsArithmetic(const Op& op);

/// The place of the only operand of a pointwise or arithmetic node that is computed; none
/// where there are more, or it is broadcast.
std::optional<std::size_t> OperandOfElements(const Graph& graph, const Node& node);

/// The node's result for another operand of its own, one that is constant.
/// REQUIRES: OperandOfElements is something, and the operand's shape goes with the
/// others'.
Tensor ResultFor(const Graph& graph, const Node& node, const Tensor& operand);

}  // namespace kinglet
