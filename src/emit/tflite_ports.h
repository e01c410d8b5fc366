// Names and order of a model's inputs and outputs.
#pragma once

#include <vector>

#include "ir/graph.h"
#include "schema/tflite_generated.h"

namespace kinglet {

/// Sets graph.inputs and graph.outputs: the names are those of the first subgraph's
/// signature, or else of the tensors. `ids` are the values by tensor.
void ReadPorts(const tflite::Model& model, const std::vector<ValueId>& ids, Graph& graph);

}  // namespace kinglet
