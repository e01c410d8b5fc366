#include "pipeline/convert_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "calibrate/gather.h"
#include "emit/tflite_reader.h"
#include "emit/tflite_writer.h"
#include "kinglet/error.h"
#include "passes/passes.h"
#include "quantize/norm_quotients.h"
#include "quantize/quantize.h"
#include "run/executor.h"

namespace kinglet {
namespace {

void CheckFinite(const RangeCollector& collected, std::vector<std::string>& warnings) {
  const std::vector<std::string> names = collected.ValuesNotFinite();
  if (names.empty()) return;
  warnings.push_back(fmt::format(
      "NaN or infinity was computed at '{}' and in {} tensors in all; it was left out of "
      "the ranges",
      names.front(), names.size()));
}

void NoteRanges(const Graph& graph, const Ranges& ranges, ConvertedGraph& converted) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].has_value()) {
      converted.ranges.emplace(graph.values[i].name, *ranges[i]);
    }
  }
}

void AddMix(const Mix& mix, const QuantizationRequest& request,
            ConvertedGraph& converted) {
  converted.rounding = mix.rounding;
  if (request.mixed.int16 > 0) converted.int16_operators = mix.layers;
  converted.warnings.insert(converted.warnings.end(), mix.warnings.begin(),
                            mix.warnings.end());
}

DataFindings FindingsAbout(std::span<const Sample> calibration, const Graph& graph,
                           const CalibrationCollector& seen) {
  return {.samples = calibration.size(),
          .distinct_samples = CountFiles(FilesOf(RefsTo(calibration))),
          .one_sided = FindOneSided(graph, seen.ranges.ranges()),
          .constant_channels = CountConstantChannels(graph, seen.channels)};
}

QuantizedGraph Tuned(std::span<const Sample> calibration,
                     const QuantizationRequest& request, const ProgressListener& listener,
                     ConvertedGraph& converted) {
  const SampleRefs samples = RefsTo(calibration);
  TuneResult tuned = Tune(converted.optimized, samples, FilesOf(samples),
                          {.recipe = request.recipe,
                           .steps = request.steps,
                           .mixed = request.mixed,
                           .measure_rounding = request.measure_rounding,
                           .per_tensor = request.per_tensor,
                           .input_params = request.input_params,
                           .int8_outputs = request.int8_outputs,
                           .workers = request.workers},
                          [&] {
                            if (listener) listener("comparing candidates", 0);
                          });
  converted.trials = std::move(tuned.trials);
  converted.stability = tuned.stability;
  converted.notes = std::move(tuned.notes);
  AddMix(tuned.mix, request, converted);
  return std::move(tuned.quantized);
}

/// TensorFlow's arithmetic.
QuantizedGraph Plain(const Ranges& ranges, std::span<const Sample> calibration,
                     const QuantizationRequest& request, ConvertedGraph& converted) {
  const Graph& graph = converted.optimized;
  const Ranges widened = WidenLikeTensorFlow(graph, ranges);
  QuantizeOptions options;
  options.per_tensor = request.per_tensor;
  options.input_params = request.input_params;
  options.wide_ranges = ranges;
  if (request.mixed.IsAsked() || request.measure_rounding) {
    SampleRefs samples;
    for (const std::size_t place : PlacesToMeasure(calibration.size())) {
      samples.push_back(&calibration[place]);
    }
    const Mix mix =
        MixPrecisions(graph, widened, options, request.mixed, samples,
                      OutputsOf(graph, samples, request.workers), request.workers);
    AddMix(mix, request, converted);
    options.precisions = mix.precisions;
  }
  return QuantizeInt8(graph, widened, options);
}

/// Recovers norms in `graph`; the ranges of what is left of it.
Ranges WithNormsRecovered(const Ranges& ranges, const QuantizationRequest& request,
                          Graph& graph) {
  const Int8Results int8{.inner = request.mode == QuantizationMode::kPtq,
                         .outputs = request.recipe == Recipe::kTf};
  Graph recovered = WithNormQuotients(graph, ranges, int8);
  std::map<std::string_view, std::optional<Range>> by_name;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    by_name[graph.values[i].name] = ranges[i];
  }
  Ranges left;
  for (const Value& value : recovered.values) left.push_back(by_name.at(value.name));
  graph = std::move(recovered);
  return left;
}

Graph Optimized(const Graph& graph, const QuantizationRequest& request) {
  if (request.mode == QuantizationMode::kDynamic) return OptimizeForFloats(graph);
  return request.per_tensor ? OptimizeForOneScale(graph) : Optimize(graph);
}

Graph QuantizeFully(std::span<const Sample> calibration,
                    const QuantizationRequest& request, const ProgressListener& listener,
                    ConvertedGraph& converted) {
  const Executor executor(converted.optimized);
  const auto seen =
      GatherFrom<CalibrationCollector>(executor, calibration, request.workers, [&] {
        if (listener) listener("calibrating", calibration.size());
      });
  const RangeCollector& collected = seen.ranges;
  CheckFinite(collected, converted.warnings);
  NoteRanges(converted.optimized, collected.ranges(), converted);
  converted.data = FindingsAbout(calibration, converted.optimized, seen);
  const Ranges ranges =
      WithNormsRecovered(collected.ranges(), request, converted.optimized);
  QuantizedGraph quantized;
  if (request.mode == QuantizationMode::kInt16x8) {
    quantized = QuantizeInt16x8(converted.optimized, ranges, request.per_tensor);
  } else if (request.recipe == Recipe::kTf) {
    quantized = Plain(ranges, calibration, request, converted);
  } else {
    quantized = Tuned(calibration, request, listener, converted);
  }
  converted.float_operators = std::move(quantized.float_operators);
  return std::move(quantized.graph);
}

Graph Quantized(std::span<const Sample> calibration, const QuantizationRequest& request,
                const ProgressListener& listener, ConvertedGraph& converted) {
  switch (request.mode) {
    case QuantizationMode::kPtq:
    case QuantizationMode::kInt16x8:
      return QuantizeFully(calibration, request, listener, converted);
    case QuantizationMode::kDynamic:
    case QuantizationMode::kFloat16:
    case QuantizationMode::kNone:
      break;
  }
  converted.optimized = WithNormQuotients(converted.optimized, std::nullopt, {});
  if (request.mode == QuantizationMode::kDynamic) {
    return QuantizeWeightsOnly(converted.optimized, request.per_tensor);
  }
  if (request.mode == QuantizationMode::kFloat16) {
    return QuantizeFloat16(converted.optimized);
  }
  return converted.optimized;
}

/// What every user of the file relies on; a difference is our bug.
void CheckReadBack(const Graph& meant, const Graph& written) {
  Check(meant.nodes.size() == written.nodes.size(), "as many operators as were meant");
  const auto check_ends = [&](const std::vector<Port>& ports,
                              const std::vector<Port>& read) {
    Check(ports.size() == read.size(), "as many inputs and outputs as were meant");
    for (std::size_t i = 0; i < ports.size(); ++i) {
      Check(ports[i].name == read[i].name &&
                TypeOf(meant[ports[i].value]) == TypeOf(written[read[i].value]),
            "inputs and outputs as they were meant");
      Check(written[read[i].value].dtype != DType::kInt8, "no integer input or output");
    }
  };
  check_ends(meant.inputs, written.inputs);
  check_ends(meant.outputs, written.outputs);
}

/// The bytes compute what the graph computes, to the bit.
void CheckSameOutputs(const Graph& meant, const Graph& written, const Sample& sample) {
  const Executor ours(meant);
  const Executor theirs(written);
  Executor::Context our_context = ours.NewContext();
  Executor::Context their_context = theirs.NewContext();
  Check(ours.Run(our_context, sample) == theirs.Run(their_context, sample),
        "the file computes what was meant");
}

}  // namespace

bool NeedsCalibration(QuantizationMode mode) {
  return mode == QuantizationMode::kPtq || mode == QuantizationMode::kInt16x8;
}

ConvertedGraph ConvertGraph(const Graph& graph, std::span<const Sample> calibration,
                            const QuantizationRequest& request,
                            const ProgressListener& listener) {
  ConvertedGraph converted;
  converted.optimized = Optimized(graph, request);
  const Graph meant = Quantized(calibration, request, listener, converted);
  converted.bytes = WriteTflite(meant);
  converted.written = ReadTflite(converted.bytes);
  CheckReadBack(meant, converted.written);
  if (!calibration.empty()) {
    CheckSameOutputs(meant, converted.written, calibration.front());
  }
  return converted;
}

}  // namespace kinglet
