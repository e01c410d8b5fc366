// A graph as the bytes of a .tflite file.
#pragma once

#include <cstddef>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// Float, quantized or mixed: whatever types the values have. Shapes are static, tensor
/// names are the values' names, the signature `serving_default` carries the names of the
/// graph's inputs and outputs. Equal graphs give equal bytes.
/// REQUIRES: StructureProblem(graph) finds nothing.
std::vector<std::byte> WriteTflite(const Graph& graph);

}  // namespace kinglet
