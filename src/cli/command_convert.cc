// kinglet convert: a Keras model and recordings to a .tflite file.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "kinglet/error.h"
#include "pipeline/convert.h"
#include "pipeline/convert_model.h"

namespace kinglet {
namespace {

constexpr const char* kHelp =
    "Turn a Keras model into a TensorFlow Lite file\n\n"
    "Example: kinglet convert model.keras --config model_config.json \\\n"
    "             --audio recordings/ --report report.md -o model.tflite";

/// What the command line said.
struct ConvertFlags {
  ConvertJob job;
  Console console;
  AudioFlags audio;
  ModelFlags model;
  std::optional<std::filesystem::path> report;
};

/// Single steps of the recipe, which otherwise decides on them itself.
void AddStepOptions(CLI::App& command, RecipeSteps& steps) {
  const char* group = "Steps of the recipe";
  AddChoice<std::optional<RangeMethod>>(command, "--ranges", steps.ranges,
                                        {{"auto", std::nullopt},
                                         {"minmax", RangeMethod::kMinMax},
                                         {"percentile", RangeMethod::kPercentile},
                                         {"mse", RangeMethod::kMse},
                                         {"normalized-mse", RangeMethod::kNormalizedMse},
                                         {"entropy", RangeMethod::kEntropy}},
                                        "Ends of the activations' ranges: minmax, "
                                        "percentile (99.99), mse, normalized-mse (each "
                                        "sample over its variance), entropy, or auto "
                                        "for what does best on samples held back [auto]",
                                        "METHOD", group);
  const auto add_switch = [&](const std::string& name, std::optional<bool>& step,
                              const std::string& what) {
    command
        .add_flag_function(
            "--" + name + ",!--no-" + name,
            [&step](std::int64_t times) { step = times > 0; }, what)
        ->group(group);
  };
  add_switch("equalize", steps.equalize,
             "Scale channels so that they fill their tensor's range; exact in float");
  add_switch("bias-correction", steps.bias_correction,
             "Give every layer the float layer's mean output");
  add_switch("adaround", steps.adaround, "Round weights with regard to each other");
  command
      .add_option(
          "--max-extra-macs", steps.max_extra_macs,
          "Per cent of multiply-accumulates that fine inputs, dither and splits of "
          "skewed tensors may add; a 0 that is given keeps the last activations in INT8 "
          "as well [0; 30 with recipe max]")
      ->type_name("PERCENT")
      ->group(group);
}

void AddModeOptions(CLI::App& command, ConvertJob& job) {
  AddChoice<QuantizationMode>(
      command, "--quantization", job.quantization,
      {{"ptq", QuantizationMode::kPtq},
       {"int16x8", QuantizationMode::kInt16x8},
       {"dynamic", QuantizationMode::kDynamic},
       {"float16", QuantizationMode::kFloat16},
       {"none", QuantizationMode::kNone}},
      "ptq: INT8 weights and activations; int16x8: INT8 weights, INT16 activations; "
      "dynamic: INT8 weights; float16: half precision weights; none: float32 [ptq]");
  command.add_flag("--per-tensor", job.per_tensor,
                   "One scale a weight tensor instead of one a channel");
  AddChoice<Recipe>(
      command, "--recipe", job.recipe,
      {{"tf", Recipe::kTf}, {"default", Recipe::kDefault}, {"max", Recipe::kMax}},
      "How scales, weights and biases are chosen: tf (TensorFlow's arithmetic), default "
      "(the best of a few ways on samples held back; seconds) or max (of many ways; "
      "minutes) [default]",
      "RECIPE");
  AddStepOptions(command, job.steps);
  command
      .add_option("--int16", job.mixed.int16,
                  "Keep the K results of operations whose rounding to INT8 costs most in "
                  "INT16; what makes and what reads them computes so [0]")
      ->type_name("K");
  command
      .add_option("--float", job.mixed.float32,
                  "The same in float32 instead of INT16 [0]")
      ->type_name("K");
  AddOutputActivation(command, job.output_activation);
  command
      .add_option("--split-head", job.split_head,
                  "Cut the model behind this Keras layer and write two files, "
                  "<stem>_backbone.tflite and <stem>_head.tflite, that meet in INT8")
      ->type_name("LAYER");
}

void AddSampleOptions(CLI::App& command, ConvertJob& job) {
  command
      .add_option("--audio", job.audio.paths, "Calibration recordings: files and folders")
      ->type_name("PATH");
  command
      .add_option(
          "--calibration", job.calibration,
          "Calibration tensors instead: an .npz with one float32 array [N, ...] an "
          "input")
      ->type_name("FILE.npz");
  command.add_option("--num-samples", job.num_samples, "Recordings to draw [100]");
  command.add_option("--snr-threshold", job.audio.snr_threshold,
                     "Skip quieter samples; 0 takes all [0.01]");
  command.add_option("--seed", job.audio.seed, "Of the drawing [0]");
  command.add_option(
      "--validate", job.validate,
      "Compare float and INT8 on so many recordings that did not calibrate; "
      "0 for none [32]");
  command
      .add_option("--min-cosine", job.min_cosine,
                  "Write nothing when the mean cosine of that comparison is lower [0.95]")
      ->type_name("X");
  command
      .add_option("--min-cosine-p05", job.min_cosine_p05,
                  "The same for its 5th percentile [0.90]")
      ->type_name("X");
  command
      .add_option("--golden", job.golden,
                  "Write inputs and expected outputs for a test on the board")
      ->type_name("FILE.npz");
  command.add_option("--golden-samples", job.golden_samples, "How many of them [8]")
      ->check(CLI::PositiveNumber);
}

std::filesystem::path DefaultOutput(const std::filesystem::path& model) {
  return model.parent_path() / (model.stem().string() + "_quantized.tflite");
}

void RunConvert(ConvertFlags& flags) {
  ConvertJob& job = flags.job;
  if (job.output.empty()) job.output = DefaultOutput(job.model);
  job.audio.config = flags.audio.config;
  job.audio.given = flags.audio.given;
  job.import = flags.model.Options();
  job.hashes = flags.console.json ||
               (flags.report.has_value() && flags.report->extension() == ".json");
  job.measure_rounding = flags.console.json || flags.report.has_value();
  if (flags.report.has_value()) CheckReportPath(*flags.report);
  for (const auto& path : OutputPaths(job.output, !job.split_head.empty())) {
    CheckWritable(path);
  }

  ProgressOfStages progress(flags.console);
  const Conversion conversion = Convert(job, progress.Listener());
  progress.Finish();
  WriteFiles(conversion.files);
  if (job.golden.has_value()) WriteNpz(*job.golden, conversion.golden);
  if (flags.report.has_value()) WriteReport(conversion.report, *flags.report);
  if (flags.console.json) {
    fmt::print("{}", PrintJson(conversion.report));
  } else if (!flags.console.quiet) {
    fmt::print("{}", PrintSummary(conversion.report));
  }
}

}  // namespace

void AddConvert(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("convert", kHelp);
  const auto flags = std::make_shared<ConvertFlags>();
  command->add_option("MODEL", flags->job.model, "A Keras model: a .keras or .h5 file")
      ->required();
  command
      ->add_option("-o,--output", flags->job.output,
                   "The file to write [<stem of the model>_quantized.tflite beside it]")
      ->type_name("FILE");
  AddModeOptions(*command, flags->job);
  AddSampleOptions(*command, flags->job);
  AddAudioOptions(*command, flags->audio);
  AddModelOptions(*command, flags->model);
  command
      ->add_option("--report", flags->report,
                   "Write what was done to a file: .json or .md by its ending")
      ->type_name("FILE");
  AddThreadsOption(*command, flags->job.threads);
  AddConsoleOptions(*command, flags->console);
  command->callback([&action, flags] { action = [flags] { RunConvert(*flags); }; });
}

}  // namespace kinglet
