// Masks that travel with tensors from layer to layer. Files show them where a layer has
// an argument for one; layers that take lists, and all layers of Keras 2, get them with
// their inputs.
#pragma once

#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// The results of a call, the first of them a value of its own where the layer gave back
/// a masked input and lets no mask pass.
std::vector<ValueId> WithoutOldMask(const LayerContext& context,
                                    std::vector<ValueId> results);

/// Notes which mask goes with the results of a call.
void PassMaskOn(const LayerContext& context, const std::vector<ValueId>& results);

}  // namespace kinglet
