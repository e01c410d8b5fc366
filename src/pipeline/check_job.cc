#include "pipeline/check_job.h"

#include "kinglet/error.h"
#include "pipeline/convert_graph.h"

namespace kinglet {
namespace {

[[noreturn]] void Refuse(const std::string& what) {
  throw Error(ErrorKind::kUsage, what);
}

void CheckSamples(const ConvertJob& job) {
  if (job.num_samples < 1) Refuse("--num-samples must be at least 1");
  if (job.validate < 0) Refuse("--validate must not be negative");
  const bool has_audio = !job.audio.paths.empty();
  const bool has_samples = has_audio || job.calibration.has_value();
  if (has_audio && job.calibration.has_value()) {
    Refuse("--audio and --calibration exclude each other; give one");
  }
  if (NeedsCalibration(job.quantization) && !has_samples) {
    Refuse(
        "INT8 activations need samples; give recordings with --audio or tensors with "
        "--calibration, or choose --quantization dynamic");
  }
  if (job.golden.has_value() && !has_samples) {
    Refuse("--golden needs samples; give --audio or --calibration");
  }
}

void CheckRecipe(const ConvertJob& job) {
  if (job.recipe == Recipe::kTf && job.steps != RecipeSteps{}) {
    Refuse("--recipe tf imitates TensorFlow and has no steps to choose; use default");
  }
  const bool asks_for_steps = job.recipe == Recipe::kMax || job.steps != RecipeSteps{};
  if (asks_for_steps && job.quantization != QuantizationMode::kPtq) {
    Refuse("recipe max and steps of recipes need --quantization ptq");
  }
  if (job.steps.max_extra_macs.value_or(0) < 0) {
    Refuse("--max-extra-macs must not be negative");
  }
}

void CheckMixedPrecision(const ConvertJob& job) {
  if (job.mixed.int16 < 0 || job.mixed.float32 < 0) {
    Refuse("--int16 and --float must not be negative");
  }
  if (job.mixed.int16 > 0 && job.mixed.float32 > 0) {
    Refuse("--int16 and --float exclude each other; give one");
  }
  if (job.mixed.IsAsked() && job.quantization != QuantizationMode::kPtq) {
    Refuse("--int16 and --float need --quantization ptq");
  }
}

void CheckSplit(const ConvertJob& job) {
  if (job.split_head.empty()) return;
  if (job.quantization != QuantizationMode::kPtq) {
    Refuse("--split-head needs --quantization ptq");
  }
  if (job.mixed.IsAsked()) {
    Refuse("--split-head excludes --int16 and --float: both parts meet in INT8");
  }
}

}  // namespace

void CheckJob(const ConvertJob& job) {
  CheckSamples(job);
  CheckRecipe(job);
  CheckMixedPrecision(job);
  CheckSplit(job);
}

}  // namespace kinglet
