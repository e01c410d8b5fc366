// The bytes of a .tflite file as a graph.
#pragma once

#include <cstddef>
#include <span>

#include "ir/graph.h"

namespace kinglet {

/// The first subgraph, of this program's files or other converters'. Inputs and outputs
/// have their names in the signature; outputs come in its order, output_0, output_1, ...
/// by number. Shapes are those stored: a free batch is 1. Whatever can be computed from
/// constants and shapes alone has become a constant.
/// @throws kCorrupt for bytes that are no .tflite file; kUnsupported for operators, types
/// and forms that a graph doesn't have.
Graph ReadTflite(std::span<const std::byte> bytes);

}  // namespace kinglet
