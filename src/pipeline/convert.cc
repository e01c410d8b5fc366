#include "pipeline/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/sha256.h"
#include "kinglet/error.h"
#include "kinglet/version.h"
#include "ops/op_def.h"
#include "pipeline/compare_graphs.h"
#include "pipeline/convert_graph.h"
#include "pipeline/free_axes.h"
#include "pipeline/gates.h"
#include "pipeline/model_file.h"
#include "pipeline/stopwatch.h"

namespace kinglet {
namespace {

std::string_view NameOf(QuantizationMode mode) {
  switch (mode) {
    case QuantizationMode::kPtq:
      return "ptq";
    case QuantizationMode::kInt16x8:
      return "int16x8";
    case QuantizationMode::kDynamic:
      return "dynamic";
    case QuantizationMode::kFloat16:
      return "float16";
    case QuantizationMode::kNone:
      break;
  }
  return "none";
}

std::string_view NameOf(Recipe recipe) {
  switch (recipe) {
    case Recipe::kTf:
      return "tf";
    case Recipe::kDefault:
      return "default";
    case Recipe::kMax:
      break;
  }
  return "max";
}

/// Mistakes that need no file to be seen.
void CheckJob(const ConvertJob& job) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorKind::kUsage, what);
  };
  if (job.num_samples < 1) refuse("--num-samples must be at least 1");
  if (job.validate < 0) refuse("--validate must not be negative");
  const bool has_audio = !job.audio.paths.empty();
  const bool has_samples = has_audio || job.calibration.has_value();
  if (has_audio && job.calibration.has_value()) {
    refuse("--audio and --calibration exclude each other; give one");
  }
  if (NeedsCalibration(job.quantization) && !has_samples) {
    refuse(
        "INT8 activations need samples; give recordings with --audio or tensors with "
        "--calibration, or choose --quantization dynamic");
  }
  if (job.recipe == Recipe::kTf && job.steps != RecipeSteps{}) {
    refuse("--recipe tf imitates TensorFlow and has no steps to choose; use default");
  }
  const bool asks_for_steps = job.recipe == Recipe::kMax || job.steps != RecipeSteps{};
  if (asks_for_steps && job.quantization != QuantizationMode::kPtq) {
    refuse("recipe max and steps of recipes need --quantization ptq");
  }
  if (job.steps.max_extra_macs.value_or(0) < 0) {
    refuse("--max-extra-macs must not be negative");
  }
  if (job.golden.has_value() && !has_samples) {
    refuse("--golden needs samples; give --audio or --calibration");
  }
}

/// One conversion under way.
class Converter {
 public:
  Converter(const ConvertJob& job, const ProgressListener& listener)
      : job_(job), listener_(listener), workers_(WorkersFor(job.threads)) {}

  Conversion Run() {
    const ModelFile model = ReadModel();
    GatherSamples(model.graph);
    watch_.Lap("samples");
    const ConvertedGraph converted =
        ConvertGraph(model.graph, samples_.calibration.samples,
                     {.mode = job_.quantization,
                      .per_tensor = job_.per_tensor,
                      .recipe = job_.recipe,
                      .steps = job_.steps,
                      .workers = workers_},
                     listener_);
    watch_.Lap("quantize");
    Describe(model, converted);
    Agree(converted);
    MakeGolden(converted);
    watch_.Lap("verify");
    result_.report.seconds = watch_.laps();
    result_.bytes = converted.bytes;
    return std::move(result_);
  }

 private:
  ModelFile ReadModel() {
    if (!std::filesystem::exists(job_.model)) {
      throw Error(ErrorKind::kIo, job_.model.string() + ": no such file");
    }
    if (IsTfliteFile(job_.model)) {
      throw Error(ErrorKind::kUsage, job_.model.string() +
                                         ": already a .tflite file; give the Keras model "
                                         "it was made from");
    }
    ModelFile model = ReadModelFile(job_.model, ShapedLikeSamples());
    watch_.Lap("read");
    return model;
  }

  [[nodiscard]] ImportOptions ShapedLikeSamples() const {
    if (job_.calibration.has_value()) {
      return WithShapesOfArrays(job_.model, job_.import, *job_.calibration);
    }
    if (job_.audio.paths.empty()) return job_.import;
    return WithShapeOfFrontEnd(job_.model, job_.import, job_.audio);
  }

  void GatherSamples(const Graph& graph) {
    if (job_.calibration.has_value()) {
      samples_.calibration = ReadSamples(*job_.calibration, graph);
      samples_.files_found = samples_.calibration.samples.size();
    } else if (!job_.audio.paths.empty()) {
      const bool calibrates = NeedsCalibration(job_.quantization) || job_.golden;
      samples_ =
          DrawSamples(job_.audio, ResolveAudioConfig(job_.audio, job_.model), graph,
                      {.num_samples = calibrates ? job_.num_samples : 0,
                       .held_out = job_.validate,
                       .hashes = job_.hashes,
                       .workers = workers_},
                      listener_);
    }
  }

  /// Held-out samples, or, where there is none, the first calibration samples.
  void Agree(const ConvertedGraph& converted) {
    if (job_.validate == 0) return;
    const bool held_out = !samples_.held_out.samples.empty();
    const SampleSet& set = held_out ? samples_.held_out : samples_.calibration;
    const std::size_t count =
        std::min(set.samples.size(), static_cast<std::size_t>(job_.validate));
    if (count == 0) return;
    ConversionReport& report = result_.report;
    if (!job_.audio.paths.empty() &&
        samples_.held_out.samples.size() < static_cast<std::size_t>(job_.validate)) {
      report.warnings.push_back(
          held_out ? fmt::format("only {} of {} held-out samples: too few recordings",
                                 count, job_.validate)
                   : std::string("no recording was left to hold out: compared on those "
                                 "that calibrated"));
    }
    const std::span<const Sample> samples(set.samples.data(), count);
    report.agreement = AgreementRecord{
        CompareGraphs(converted.optimized, converted.written, samples, workers_,
                      [&] {
                        if (listener_) listener_("comparing", count);
                      }),
        held_out};
    CheckCosineGates(report.agreement->comparison, job_.min_cosine, job_.min_cosine_p05,
                     "; nothing was written (try more calibration data, or lower the "
                     "gate)");
  }

  /// Inputs and what the file computes for them.
  void MakeGolden(const ConvertedGraph& converted) {
    if (!job_.golden.has_value()) return;
    const std::size_t count = std::min(samples_.calibration.samples.size(),
                                       static_cast<std::size_t>(job_.golden_samples));
    result_.golden = GoldenArrays(
        converted.written,
        std::span<const Sample>(samples_.calibration.samples.data(), count), workers_);
  }

  void Describe(const ModelFile& model, const ConvertedGraph& converted) {
    ConversionReport& report = result_.report;
    report.program_version = kVersion;
    report.model_path = job_.model.string();
    report.model_format = model.format;
    report.output_path = job_.output.string();
    if (job_.hashes) AddHashes(converted);
    report.quantization = NameOf(job_.quantization);
    report.recipe = NameOf(job_.recipe);
    report.trials = converted.trials;
    report.per_tensor = job_.per_tensor;
    report.model_bytes = model.bytes;
    report.output_bytes = converted.bytes.size();
    report.parameters = model.parameters;
    report.operators_imported = model.graph.nodes.size();
    report.operators_written = converted.written.nodes.size();
    for (const Node& node : converted.written.nodes) {
      report.macs += DefOf(node.op).macs({converted.written, node});
    }
    report.notes = model.notes;
    report.warnings = model.warnings;
    report.warnings.insert(report.warnings.end(), converted.warnings.begin(),
                           converted.warnings.end());
    report.float_operators = converted.float_operators;
    report.samples = samples_.calibration.records;
    report.held_out = samples_.held_out.records;
    report.files_found = samples_.files_found;
    DescribeTensors(converted);
  }

  void AddHashes(const ConvertedGraph& converted) {
    result_.report.model_sha256 = Sha256OfPath(job_.model);
    result_.report.output_sha256 = Sha256(converted.bytes);
    if (job_.calibration.has_value()) {
      result_.report.calibration_sha256 = Sha256OfPath(*job_.calibration);
    }
  }

  void DescribeTensors(const ConvertedGraph& converted) {
    for (const Value& value : converted.written.values) {
      TensorRecord record{.name = value.name,
                          .dtype = value.dtype,
                          .shape = value.shape,
                          .range = std::nullopt,
                          .scales = {},
                          .zero_points = {}};
      const auto range = converted.ranges.find(value.name);
      if (range != converted.ranges.end()) {
        record.range = {range->second.min, range->second.max};
      }
      if (value.quantization.has_value()) {
        record.scales = value.quantization->scales;
        record.zero_points = value.quantization->zero_points;
      }
      result_.report.tensors.push_back(std::move(record));
    }
  }

  const ConvertJob& job_;
  const ProgressListener& listener_;
  std::size_t workers_;
  Stopwatch watch_;
  DrawnSamples samples_;
  Conversion result_;
};

}  // namespace

Conversion Convert(const ConvertJob& job, const ProgressListener& listener) {
  CheckJob(job);
  return Converter(job, listener).Run();
}

}  // namespace kinglet
