// A model in two parts: a backbone that stays and a head that can be exchanged.
#pragma once

#include <string>
#include <vector>

#include "import/keras_import.h"
#include "ir/graph.h"

namespace kinglet {

struct SplitGraph {
  Graph backbone;  ///< all inputs; the layer's result is output_0
  Graph head;      ///< one input, called as the layer; all outputs
};

/// Cuts a float graph at the result of a Keras layer. `layers` are those of the model.
/// @throws kUsage naming others when there is no such layer, or when its result isn't the
/// one tensor between both parts.
SplitGraph SplitAt(const Graph& graph, const std::vector<LayerInfo>& layers,
                   const std::string& layer);

/// One graph that computes the head on the output of the backbone.
Graph Joined(const Graph& backbone, const Graph& head);

}  // namespace kinglet
