// Masks that travel with tensors from layer to layer. Files show them where a layer has
// an argument for one; layers that take lists, and all layers of Keras 2, get them with
// their inputs.
#pragma once

#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// Notes which mask goes with the results of a call.
void PassMaskOn(const LayerContext& context, const std::vector<ValueId>& results);

}  // namespace kinglet
