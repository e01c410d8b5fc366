// kinglet validate: a quantized file against its float model.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "pipeline/validate.h"

namespace kinglet {
namespace {

struct ValidateFlags {
  ValidateJob job;
  Console console;
  AudioFlags audio;
  ModelFlags model;
};

void RunValidate(ValidateFlags& flags) {
  flags.job.import = flags.model.Options();
  flags.job.audio.config = flags.audio.config;
  flags.job.audio.given = flags.audio.given;
  ProgressOfStages progress(flags.console);
  const ValidationReport report = Validate(flags.job, progress.Listener());
  progress.Finish();
  if (flags.console.json) {
    fmt::print("{}", PrintJson(report));
  } else if (!flags.console.quiet) {
    fmt::print("{}", PrintText(report));
  }
  CheckGates(flags.job, report.comparison);
}

void AddDataOptions(CLI::App& command, ValidateJob& job) {
  command.add_option("--audio", job.audio.paths, "Recordings: files and folders")
      ->type_name("PATH");
  command
      .add_option("--data", job.data,
                  "Tensors instead: an .npz with one array [N, ...] an input")
      ->type_name("FILE.npz");
  command.add_option("--num-samples", job.num_samples,
                     "Recordings to draw at random [all]");
  command.add_option("--snr-threshold", job.audio.snr_threshold,
                     "Skip quieter samples; 0 takes all [0.01]");
  command.add_option("--seed", job.audio.seed, "Of the drawing [0]");
}

}  // namespace

void AddValidate(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "validate",
      "Compare a quantized file with its float model over held-out data\n\n"
      "Example: kinglet validate model.keras model.tflite --audio heldout/ --layers");
  const auto flags = std::make_shared<ValidateFlags>();
  command
      ->add_option("FLOAT", flags->job.reference,
                   "The reference: a Keras or .tflite file")
      ->required();
  command->add_option("QUANT", flags->job.candidate, "The file to judge: a .tflite")
      ->required();
  AddDataOptions(*command, flags->job);
  command->add_flag("--layers", flags->job.layers,
                    "Both models side by side, tensor by tensor, worst first");
  command
      ->add_option("--min-cosine", flags->job.min_cosine,
                   "Exit with 7 when the mean cosine is lower")
      ->type_name("X");
  command
      ->add_option("--min-cosine-p05", flags->job.min_cosine_p05,
                   "The same for its 5th percentile")
      ->type_name("X");
  AddOutputActivation(*command, flags->job.output_activation);
  AddAudioOptions(*command, flags->audio);
  AddModelOptions(*command, flags->model);
  AddThreadsOption(*command, flags->job.threads);
  AddConsoleOptions(*command, flags->console);
  command->callback([&action, flags] { action = [flags] { RunValidate(*flags); }; });
}

}  // namespace kinglet
