// kinglet features: recordings as network input.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/options.h"
#include "pipeline/features.h"

namespace kinglet {
namespace {

struct FeaturesFlags {
  FeaturesJob job;
  std::filesystem::path output;
  Console console;
  AudioFlags audio;
};

void PrintRecords(const FeaturesResult& result, const Console& console) {
  if (console.json) {
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    for (const SampleRecord& record : result.records) {
      files.push_back({{"name", record.name},
                       {"used", record.used},
                       {"reason", record.reason},
                       {"detail", record.detail}});
    }
    constexpr int kIndent = 2;
    fmt::print("{}\n", files.dump(kIndent));
    return;
  }
  if (console.quiet) return;
  for (const SampleRecord& record : result.records) {
    if (!record.used) {
      fmt::print("skipped {}: {}: {}\n", record.name, record.reason, record.detail);
    }
  }
  fmt::print("{} of {} recordings: {}\n", result.arrays[0].tensor.shape()[0],
             result.records.size(), ToString(result.arrays[0].tensor.shape()));
}

void RunFeatures(FeaturesFlags& flags) {
  flags.job.audio.config = flags.audio.config;
  flags.job.audio.given = flags.audio.given;
  ProgressOfStages progress(flags.console);
  const FeaturesResult result = MakeFeatures(flags.job, progress.Listener());
  progress.Finish();
  WriteNpz(flags.output, result.arrays);
  PrintRecords(result, flags.console);
}

}  // namespace

void AddFeatures(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "features",
      "Turn recordings into network input, as convert would feed it\n\n"
      "Example: kinglet features recordings/ --config model_config.json "
      "--output features.npz");
  const auto flags = std::make_shared<FeaturesFlags>();
  flags->job.audio.snr_threshold = 0;
  command->add_option("AUDIO", flags->job.audio.paths, "Recordings: files and folders")
      ->required();
  command
      ->add_option("--output", flags->output,
                   "Where the array `features` [N, ...] goes, one row a usable recording")
      ->required()
      ->type_name("FILE.npz");
  command->add_option("--num-samples", flags->job.num_samples,
                      "Draw so many at random as convert does [all, in sorted order]");
  command->add_option("--snr-threshold", flags->job.audio.snr_threshold,
                      "Skip quieter samples [0: none]");
  command->add_option("--seed", flags->job.audio.seed, "Of the drawing [0]");
  AddAudioOptions(*command, flags->audio);
  AddThreadsOption(*command, flags->job.threads);
  AddConsoleOptions(*command, flags->console);
  command->callback([&action, flags] { action = [flags] { RunFeatures(*flags); }; });
}

}  // namespace kinglet
