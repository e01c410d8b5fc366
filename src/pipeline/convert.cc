#include "pipeline/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/sha256.h"
#include "kinglet/error.h"
#include "kinglet/version.h"
#include "pipeline/check_job.h"
#include "pipeline/compare_graphs.h"
#include "pipeline/convert_model.h"
#include "pipeline/describe_part.h"
#include "pipeline/free_axes.h"
#include "pipeline/gates.h"
#include "pipeline/model_file.h"
#include "pipeline/outside_data.h"
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

void Append(const std::vector<std::string>& more, std::vector<std::string>& all) {
  all.insert(all.end(), more.begin(), more.end());
}

/// Of all parts, by value name.
std::map<std::string, Range> CalibratedRanges(const ConvertedModel& model) {
  std::map<std::string, Range> ranges;
  for (const ConvertedPart& part : model.parts) {
    ranges.insert(part.converted.ranges.begin(), part.converted.ranges.end());
  }
  return ranges;
}

/// One conversion under way.
class Converter {
 public:
  Converter(const ConvertJob& job, const ProgressListener& listener)
      : job_(job), listener_(listener), workers_(WorkersFor(job.threads)) {}

  Conversion Run() {
    CheckModelPath();
    StartDrawing();
    const ModelFile model = ReadModel();
    const ModelParts parts = PartsOf(model, job_.output_activation, job_.split_head);
    GatherSamples(model.graph);
    watch_.Lap("samples");
    const ConvertedModel converted = ConvertParts(
        parts, samples_.calibration.samples,
        {.mode = job_.quantization,
         .per_tensor = job_.per_tensor,
         .recipe = job_.recipe,
         .steps = job_.steps,
         .mixed = job_.mixed,
         .measure_rounding = job_.measure_rounding && job_.recipe != Recipe::kTf,
         .workers = workers_},
        job_.output, listener_);
    watch_.Lap("quantize");
    Describe(model, parts, converted);
    Agree(converted);
    MakeGolden(converted);
    watch_.Lap("verify");
    result_.report.seconds = watch_.laps();
    for (const ConvertedPart& part : converted.parts) {
      result_.files.push_back({part.path, part.converted.bytes});
    }
    return std::move(result_);
  }

 private:
  void CheckModelPath() const {
    if (!std::filesystem::exists(job_.model)) {
      throw Error(ErrorKind::kIo, job_.model.string() + ": no such file");
    }
    if (IsTfliteFile(job_.model)) {
      throw Error(ErrorKind::kUsage, job_.model.string() +
                                         ": already a .tflite file; give the Keras model "
                                         "it was made from");
    }
  }

  /// Recordings are loaded while the model is read.
  void StartDrawing() {
    if (job_.calibration.has_value() || job_.audio.paths.empty()) return;
    const bool calibrates = NeedsCalibration(job_.quantization) || job_.golden;
    drawing_.emplace(job_.audio, job_.model,
                     DrawRequest{.num_samples = calibrates ? job_.num_samples : 0,
                                 .held_out = job_.validate,
                                 .hashes = job_.hashes,
                                 .workers = workers_},
                     listener_);
  }

  ModelFile ReadModel() {
    ModelFile model = ReadModelFile(
        job_.model, [&](const auto& inputs) { return ShapedLikeSamples(inputs); });
    watch_.Lap("read");
    return model;
  }

  [[nodiscard]] ImportOptions ShapedLikeSamples(
      const std::vector<InputInfo>& inputs) const {
    if (job_.calibration.has_value()) {
      return WithShapesOfArrays(inputs, job_.import, *job_.calibration);
    }
    if (job_.audio.paths.empty()) return job_.import;
    return WithShapeOfFrontEnd(inputs, job_.import, job_.audio, job_.model);
  }

  void GatherSamples(const Graph& graph) {
    if (job_.calibration.has_value()) {
      samples_.calibration = ReadSamples(*job_.calibration, graph);
      samples_.files_found = samples_.calibration.samples.size();
    } else if (drawing_.has_value()) {
      CheckFrontEndFits(ResolveAudioConfig(job_.audio, job_.model), graph);
      samples_ = drawing_->Take();
    }
  }

  /// Held-out samples, or, where there is none, the first calibration samples.
  void Agree(const ConvertedModel& converted) {
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
    WatchedOutputs watched = WatchOutputs(
        converted.reference,
        LimitsOfFile(converted.reference, converted.written, CalibratedRanges(converted)),
        samples, set.UsedNames(), workers_);
    report.outside = std::move(watched.outside);
    Append(WarningsOf(report.outside), report.warnings);
    const auto written = OutputVectors(converted.written, samples, workers_, [&] {
      if (listener_) listener_("comparing", count);
    });
    report.agreement = AgreementRecord{Compare(watched.outputs, written), held_out};
    CheckCosineGates(report.agreement->comparison, job_.min_cosine, job_.min_cosine_p05,
                     "; nothing was written (try more calibration data, or lower the "
                     "gate)");
  }

  /// Inputs and what the file computes for them.
  void MakeGolden(const ConvertedModel& converted) {
    if (!job_.golden.has_value()) return;
    const std::size_t count = std::min(samples_.calibration.samples.size(),
                                       static_cast<std::size_t>(job_.golden_samples));
    result_.golden = GoldenArrays(
        converted.written,
        std::span<const Sample>(samples_.calibration.samples.data(), count), workers_);
  }

  void Describe(const ModelFile& model, const ModelParts& parts,
                const ConvertedModel& converted) {
    ConversionReport& report = result_.report;
    report.program_version = kVersion;
    report.model_path = job_.model.string();
    report.model_format = model.format;
    if (job_.hashes) AddHashes();
    report.quantization = NameOf(job_.quantization);
    report.recipe = NameOf(job_.recipe);
    report.per_tensor = job_.per_tensor;
    report.model_bytes = model.bytes;
    report.parameters = model.parameters;
    report.operators_imported = model.graph.nodes.size();
    report.notes = model.notes;
    report.notes.insert(report.notes.end(), parts.notes.begin(), parts.notes.end());
    report.warnings = model.warnings;
    report.samples = samples_.calibration.records;
    report.held_out = samples_.held_out.records;
    report.files_found = samples_.files_found;
    for (const ConvertedPart& part : converted.parts) AddPart(part, job_.hashes, report);
    if (report.data.has_value()) Append(WarningsOf(*report.data), report.warnings);
  }

  void AddHashes() {
    result_.report.model_sha256 = Sha256OfPath(job_.model);
    if (job_.calibration.has_value()) {
      result_.report.calibration_sha256 = Sha256OfPath(*job_.calibration);
    }
  }

  const ConvertJob& job_;
  const ProgressListener& listener_;
  std::size_t workers_;
  Stopwatch watch_;
  std::optional<Drawing> drawing_;
  DrawnSamples samples_;
  Conversion result_;
};

}  // namespace

Conversion Convert(const ConvertJob& job, const ProgressListener& listener) {
  CheckJob(job);
  return Converter(job, listener).Run();
}

}  // namespace kinglet
