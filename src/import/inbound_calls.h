// How layers are connected: `inbound_nodes`, `input_layers` and `output_layers` in the
// spellings of Keras 2 and 3.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "import/model_config.h"

namespace kinglet {

/// Key of the object that stands for a tensor in the arguments of a call.
inline constexpr const char* kInputKey = "__input__";

/// A layer takes arrays as it takes tensors; functions also have axes and the like as
/// arrays, and find both in their arguments.
enum class Callee : std::uint8_t { kLayer, kFunction };

/// The calls of a layer. `layers` holds the names of the model's layers: Keras 2 marks a
/// tensor among other arguments by nothing but such a name.
/// @throws kCorrupt for an edge that is none, or an array that is no tensor.
std::vector<LayerCall> ParseCalls(const Json& inbound_nodes,
                                  const std::set<std::string>& layers, Callee callee);

/// The edges of `input_layers` or `output_layers`: one, a list, or an object, flattened
/// as Keras does, an object's in the order of its sorted keys.
/// @throws kCorrupt for an edge that is none.
std::vector<Edge> ParsePorts(const Json& ports);

/// Makes the call indices of edges count the entries of `calls`. Both eras count a call
/// that made a nested model among its calls, but not everywhere: Keras 2 does in all
/// edges, Keras 3 in the outputs of the outer model, for Functional models alone.
void CountCallsFromZero(ModelConfig& model, KerasEra era);

}  // namespace kinglet
