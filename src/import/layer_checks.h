// What must hold of a layer before its builder runs.
#pragma once

#include "import/layer_table.h"

namespace kinglet {

/// The row that builds the layer.
/// @throws kUnsupported naming the layer when there is none, or its configuration holds
/// something that its builder doesn't know; kCorrupt when it has no configuration.
const LayerRow& CheckedRow(const LayerContext& context);

/// Whether a `dtype` is that of a layer which Keras quantized to INT8.
bool IsInt8Policy(const Json& dtype);

}  // namespace kinglet
