// Every Keras layer that the program knows of, and what becomes of it.
#pragma once

#include <string>
#include <vector>

namespace kinglet {

struct KnownLayer {
  std::string class_name;
  bool is_supported = true;
  std::string text;  ///< the operations that it becomes, or why it is refused
};

/// Layers by class.
std::vector<KnownLayer> AllLayers();

/// Functions of keras.ops by class, with TensorFlow's names of them in Keras 2 files.
struct KnownFunction {
  std::string class_name;
  std::vector<std::string> tensorflow_names;
  std::string becomes;
};
std::vector<KnownFunction> AllFunctions();

/// Both as a Markdown document: docs/layers.md.
std::string LayersAsMarkdown();

}  // namespace kinglet
