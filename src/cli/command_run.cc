// kinglet run: a model over arrays.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "pipeline/run_model.h"

namespace kinglet {
namespace {

struct RunFlags {
  RunJob job;
  std::filesystem::path output;
  Console console;
  ModelFlags model;
};

void RunRun(RunFlags& flags) {
  flags.job.import = flags.model.Options();
  ProgressOfStages progress(flags.console);
  const std::vector<NamedTensor> arrays = RunModel(flags.job, progress.Listener());
  progress.Finish();
  WriteNpz(flags.output, arrays);
  if (flags.console.quiet) return;
  for (const NamedTensor& array : arrays) {
    fmt::print("{} {} {}\n", array.name, NameOf(array.tensor.dtype()),
               ToString(array.tensor.shape()));
  }
}

void AddRoundingOption(CLI::App& command, Rounding& rounding) {
  const std::map<std::string, Rounding> choices = {{"double", Rounding::kDouble},
                                                   {"single", Rounding::kSingle}};
  command
      .add_option("--rounding", rounding,
                  "Of integers: double as TensorFlow Lite is built by default, or single "
                  "as with TFLITE_SINGLE_ROUNDING [double]")
      ->transform(CLI::CheckedTransformer(choices))
      ->type_name("MODE");
}

}  // namespace

void AddRun(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "run",
      "Run a Keras model in float, or a .tflite file with the arithmetic of its types\n\n"
      "Example: kinglet run model.tflite --input samples.npz --output outputs.npz");
  const auto flags = std::make_shared<RunFlags>();
  command->add_option("MODEL", flags->job.model, "A Keras or .tflite file")->required();
  command
      ->add_option("--input", flags->job.input,
                   "Samples: an .npz with one array [N, ...] an input")
      ->required()
      ->type_name("FILE.npz");
  command
      ->add_option("--output", flags->output,
                   "Where the outputs go, as [N, ...] arrays in the model's order")
      ->required()
      ->type_name("FILE.npz");
  command->add_flag("--all-tensors", flags->job.all_tensors,
                    "Keep every computed tensor besides the outputs");
  AddRoundingOption(*command, flags->job.rounding);
  AddModelOptions(*command, flags->model);
  AddThreadsOption(*command, flags->job.threads);
  command->add_flag("--quiet", flags->console.quiet, "Print nothing");
  command->callback([&action, flags] { action = [flags] { RunRun(*flags); }; });
}

}  // namespace kinglet
