// kinglet inspect: what is in a model file.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "pipeline/inspect.h"

namespace kinglet {
namespace {

struct InspectFlags {
  std::filesystem::path file;
  Console console;
  ModelFlags model;
};

}  // namespace

void AddInspect(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "inspect",
      "List the layers of a Keras file or the operators of a .tflite file\n\n"
      "Example: kinglet inspect model.tflite");
  const auto flags = std::make_shared<InspectFlags>();
  command->add_option("FILE", flags->file, "A .keras or .tflite file")->required();
  command->add_flag("--json", flags->console.json, "Print the listing as JSON");
  AddModelOptions(*command, flags->model);
  command->callback([&action, flags] {
    action = [flags] {
      const Listing listing = Inspect(flags->file, flags->model.Options());
      fmt::print("{}", flags->console.json ? PrintJson(listing) : PrintText(listing));
    };
  });
}

}  // namespace kinglet
