// Where a .keras file has the variables of a layer.
#pragma once

#include "import/model_config.h"
#include "import/weight_store.h"

namespace kinglet {

/// The store with every layer's variables at the path of its configuration. Files of
/// TensorFlow 2.12 to 2.14 keep them under another root and with another numbering; a
/// file whose groups name their layers is believed where name and number disagree.
WeightStore AtLayerPaths(const WeightStore& stored, const ModelConfig& model);

}  // namespace kinglet
