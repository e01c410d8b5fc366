#include "import/layer_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "import/layer_table.h"
#include "import/operation.h"

namespace kinglet {
namespace {

constexpr const char* kIntroduction =
    "# Keras layers\n\n"
    "Written by `kinglet layers`; a test compares it with the program.\n\n"
    "A layer that is named neither here nor as refused is refused as unknown. Options "
    "that have no representation are refused with the layer's name and the reason. "
    "Operations of a layer's activation are added to those of the layer, and passes "
    "merge what can be merged.\n\n"
    "A mask is honoured by the recurrent layers, GlobalAveragePooling1D, Softmax, the "
    "attention layers and, in files of Keras 3, Multiply, Maximum and Minimum; elsewhere "
    "it changes nothing. `channels_first` data is transposed around the layer.\n\n";

std::string Rows(const std::vector<KnownLayer>& layers, bool supported) {
  std::string text;
  for (const KnownLayer& layer : layers) {
    if (layer.is_supported != supported) continue;
    text += fmt::format("| {} | {} |\n", layer.class_name, layer.text);
  }
  return text;
}

}  // namespace

std::vector<KnownLayer> AllLayers() {
  std::vector<KnownLayer> all = {{"InputLayer", true, "an input of the model"},
                                 {"Functional", true, "its layers, in place"},
                                 {"Sequential", true, "its layers, in place"}};
  for (const LayerRow& row : SupportedLayers()) {
    all.push_back({std::string(row.class_name), true, std::string(row.becomes)});
  }
  for (const RefusedLayer& layer : RefusedLayers()) {
    all.push_back({std::string(layer.class_name), false, std::string(layer.reason)});
  }
  std::ranges::sort(all, {}, &KnownLayer::class_name);
  return all;
}

std::vector<KnownFunction> AllFunctions() {
  std::vector<KnownFunction> all;
  for (const OperationRow& row : SupportedOperations()) {
    all.push_back({std::string(row.class_name),
                   {row.functions.begin(), row.functions.end()},
                   std::string(row.becomes)});
  }
  return all;
}

std::string LayersAsMarkdown() {
  const std::vector<KnownLayer> layers = AllLayers();
  std::string text = kIntroduction;
  text += "## Supported\n\n| layer | becomes |\n| --- | --- |\n" + Rows(layers, true);
  text += "\n## Refused\n\n| layer | reason |\n| --- | --- |\n" + Rows(layers, false);
  text +=
      "\n## Functions\n\nOf `keras.ops`, as nodes of a Functional model, and of "
      "TensorFlow, as TFOpLambda in files of Keras 2.\n\n"
      "| keras.ops | tf | becomes |\n| --- | --- | --- |\n";
  for (const KnownFunction& function : AllFunctions()) {
    text += fmt::format("| {} | {} | {} |\n", function.class_name,
                        fmt::join(function.tensorflow_names, ", "), function.becomes);
  }
  return text;
}

}  // namespace kinglet
