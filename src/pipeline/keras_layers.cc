#include "pipeline/keras_layers.h"

#include "import/layer_list.h"

namespace kinglet {

std::string KerasLayersAsMarkdown() { return LayersAsMarkdown(); }

}  // namespace kinglet
