// kinglet layers: which Keras layers can be read, and what becomes of them.
#include <fmt/format.h>

#include "cli/commands.h"
#include "pipeline/keras_layers.h"

namespace kinglet {

void AddLayers(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "layers",
      "List the layers and functions of Keras that can be read, and what becomes of "
      "them\n\nExample: kinglet layers > layers.md");
  command->callback(
      [&action] { action = [] { fmt::print("{}", KerasLayersAsMarkdown()); }; });
}

}  // namespace kinglet
