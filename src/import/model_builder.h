// Calls of layers become nodes of the graph.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// Results of the calls that were made, by layer and number of the call.
using CallResults = std::map<std::pair<std::string, std::size_t>, std::vector<ValueId>>;

/// Results of the model's outputs for these inputs. `results` gets what each call gave,
/// also when an error ends the work.
/// @throws kCorrupt, kUnsupported naming the layer.
std::vector<ValueId> BuildModel(ImportState& state, const ModelConfig& model,
                                const std::vector<ValueId>& inputs, CallResults& results);

/// Results of a layer, which may be a model, for the inputs of a call of it.
/// @throws kCorrupt, kUnsupported naming the layer.
std::vector<ValueId> BuildCall(ImportState& state, const LayerConfig& layer,
                               const LayerCall& call,
                               const std::vector<std::optional<ValueId>>& operands);

/// The same for a layer that stands in the configuration of another one and is called on
/// `inputs`, under a mask if there is one.
std::vector<ValueId> BuildInner(const LayerContext& context, const LayerConfig& inner,
                                const std::vector<ValueId>& inputs,
                                std::optional<ValueId> mask = std::nullopt);

}  // namespace kinglet
