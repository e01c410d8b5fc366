// How operations read planes of an operand, or that they can't.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

enum class Reading : std::uint8_t {
  kWhole,     ///< not in planes
  kLinear,    ///< a linear operation: its results of both, added
  kProduct,   ///< a product, or a quotient whose dividend it is: likewise
  kSum,       ///< the fine plane first, then the coarse one
  kHinge,     ///< relu(x + b): hands planes on that meet at one threshold
  kEach,      ///< hands planes on
  kFunction,  ///< a function of single elements, of which all or a part is curved
};

/// How a node can read planes of its operand `input`.
Reading ReadingOf(const Graph& graph, const Node& node, std::size_t input);

/// The place of the constant b of a node that computes relu(x + b).
std::optional<std::size_t> HingeConstant(const Graph& graph, const Node& node);

/// The nodes, one reading the other, that make a function of single elements, from `node`
/// to the last curved one; none where none is.
std::vector<const Node*> FunctionFrom(const Graph& graph, const Node& node);

/// The function that reads the value, behind whatever hands planes on; empty where
/// nothing reads it so.
std::vector<const Node*> FunctionOf(const Graph& graph, ValueId id);

/// Averages of planes are planes of the average, which no longer meet at a threshold.
bool IsMean(const Op& op);

/// Maxima of planes are planes of the maximum where these meet at one threshold.
bool IsMaximum(const Op& op);

/// Something reads `id` as it is, and not in planes.
bool IsReadWhole(const Graph& graph, ValueId id);

/// Whether a split of `id` reaches any operation that can read planes.
bool CanSplit(const Graph& graph, ValueId id);

}  // namespace kinglet
