#include "pipeline/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataset/draw.h"
#include "dataset/find_recordings.h"
#include "kinglet/error.h"
#include "kinglet/version.h"
#include "ops/op_def.h"
#include "passes/passes.h"
#include "pipeline/compare_graphs.h"
#include "pipeline/free_axes.h"
#include "pipeline/gates.h"
#include "pipeline/model_file.h"
#include "pipeline/outside_data.h"

namespace kinglet {
namespace {

/// The candidate with its inputs in the order and under the names of the reference's,
/// told by name or, where names differ, by position.
Graph WithInputsLike(const Graph& reference, Graph candidate, const std::string& path) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorKind::kUsage,
                fmt::format("{}: {}; are these files of one model?", path, what));
  };
  if (candidate.inputs.size() != reference.inputs.size() ||
      candidate.outputs.size() != reference.outputs.size()) {
    refuse("it has another number of inputs or outputs than the reference");
  }
  std::vector<Port> ordered;
  for (std::size_t i = 0; i < reference.inputs.size(); ++i) {
    const std::string& name = reference.inputs[i].name;
    const auto named = std::ranges::find(candidate.inputs, name, &Port::name);
    ordered.push_back(named != candidate.inputs.end() ? *named : candidate.inputs[i]);
    if (TypeOf(reference[reference.inputs[i].value]) !=
        TypeOf(candidate[ordered.back().value])) {
      refuse(fmt::format("input '{}' has another type or shape", name));
    }
  }
  candidate.inputs = std::move(ordered);
  for (std::size_t i = 0; i < reference.outputs.size(); ++i) {
    if (ElementCount(reference[reference.outputs[i].value].shape) !=
        ElementCount(candidate[candidate.outputs[i].value].shape)) {
      refuse(fmt::format("output {} has another number of elements", i));
    }
  }
  return candidate;
}

SampleSet GatherSamples(const ValidateJob& job, const Graph& graph,
                        const ProgressListener& listener) {
  const bool has_audio = !job.audio.paths.empty();
  if (has_audio == job.data.has_value()) {
    throw Error(ErrorKind::kUsage,
                "give either recordings with --audio or tensors with "
                "--data");
  }
  if (job.data.has_value()) return ReadSamples(*job.data, graph);
  const AudioConfig config = ResolveAudioConfig(job.audio, job.reference);
  std::vector<std::filesystem::path> files = FindRecordings(job.audio.paths);
  if (job.num_samples > 0) {
    files = DrawRecordings(files, job.num_samples, 0, job.audio.seed).calibration;
  }
  CheckFrontEndFits(config, graph);
  SampleSet set = LoadSamples(files, config, job.audio.snr_threshold,
                              WorkersFor(job.threads), "samples", listener);
  if (set.samples.empty()) {
    throw Error(ErrorKind::kData,
                fmt::format("no sample is left of {} recordings: {}", set.records.size(),
                            ReasonsOf(set.records)));
  }
  return set;
}

}  // namespace

ValidationReport Validate(const ValidateJob& job, const ProgressListener& listener) {
  const auto read = [&job](const std::filesystem::path& path) {
    return ReadRunnableModel(path, [&](const auto& inputs) {
      return job.data.has_value()
                 ? WithShapesOfArrays(inputs, job.import, *job.data)
                 : WithShapeOfFrontEnd(inputs, job.import, job.audio, path);
    });
  };
  Graph reference = read(job.reference);
  if (job.output_activation == OutputActivation::kLogits) {
    reference = DropOutputActivations(reference).graph;
  }
  const Graph candidate =
      WithInputsLike(reference, read(job.candidate), job.candidate.string());
  const SampleSet set = GatherSamples(job, reference, listener);
  const std::size_t workers = WorkersFor(job.threads);
  const std::vector<std::string> names = set.UsedNames();
  WatchedOutputs watched = WatchOutputs(reference, LimitsOfFile(reference, candidate, {}),
                                        set.samples, names, workers);
  const std::vector<OutputVector>& expected = watched.outputs;
  const auto found = OutputVectors(candidate, set.samples, workers, [&] {
    if (listener) listener("comparing", set.samples.size());
  });

  ValidationReport report;
  report.program_version = kVersion;
  report.reference_path = job.reference.string();
  report.candidate_path = job.candidate.string();
  report.outside = std::move(watched.outside);
  std::vector<SampleComparison> samples;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    samples.push_back(CompareSample(expected[i], found[i]));
    report.samples.emplace_back(names[i], samples.back());
  }
  std::ranges::copy_if(set.records, std::back_inserter(report.skipped),
                       [](const SampleRecord& record) { return !record.used; });
  report.comparison = Summarize(samples);
  report.intervals = Bootstrap(samples);
  report.mean_shifts = MeanShifts(expected, found);
  report.has_layers = job.layers;
  if (job.layers) report.layers = CompareLayers(reference, candidate, set.samples);
  return report;
}

void CheckGates(const ValidateJob& job, const Comparison& comparison) {
  CheckCosineGates(comparison, job.min_cosine.value_or(-1),
                   job.min_cosine_p05.value_or(-1), "");
}

}  // namespace kinglet
