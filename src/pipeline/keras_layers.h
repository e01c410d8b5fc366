// What the reader of Keras files knows.
#pragma once

#include <string>

namespace kinglet {

/// Layers and functions with what becomes of them, as a Markdown document.
std::string KerasLayersAsMarkdown();

}  // namespace kinglet
