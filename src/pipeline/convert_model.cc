#include "pipeline/convert_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "passes/passes.h"
#include "pipeline/split_graph.h"
#include "run/samples.h"

namespace kinglet {
namespace {

constexpr const char* kBackbone = "backbone";
constexpr const char* kHead = "head";

std::vector<std::string> NotesOn(const LogitOutputs& logits) {
  std::vector<std::string> notes;
  if (!logits.dropped.empty()) {
    notes.push_back(fmt::format("logits: {}, compared with the float model's logits",
                                fmt::join(logits.dropped, ", ")));
  }
  if (!logits.others.empty()) {
    notes.push_back(
        fmt::format("as they are: {}, which no sigmoid, softmax or log-softmax makes",
                    fmt::join(logits.others, ", ")));
  }
  return notes;
}

/// The parameters of the integers behind the only output, where there are any.
std::optional<QuantParams> ParamsOfOutput(const Graph& graph) {
  const auto producer = Uses(graph).Producer(graph.outputs[0].value);
  if (!producer.has_value()) return std::nullopt;
  const Node& node = graph.nodes[*producer];
  if (!std::holds_alternative<Dequantize>(node.op)) return std::nullopt;
  const Quantization& quantization = *graph[node.inputs[0]].quantization;
  return QuantParams{quantization.scales[0],
                     static_cast<std::int32_t>(quantization.zero_points[0])};
}

}  // namespace

std::vector<std::filesystem::path> OutputPaths(const std::filesystem::path& output,
                                               bool is_split) {
  if (!is_split) return {output};
  const auto path_of = [&](const char* part) {
    return output.parent_path() /
           fmt::format("{}_{}.tflite", output.stem().string(), part);
  };
  return {path_of(kBackbone), path_of(kHead)};
}

ModelParts PartsOf(const ModelFile& model, OutputActivation output_activation,
                   const std::string& split_head) {
  ModelParts parts{.graphs = {model.graph}, .reference = {}, .notes = {}};
  if (!split_head.empty()) {
    SplitGraph split = SplitAt(model.graph, model.layers, split_head);
    parts.graphs = {std::move(split.backbone), std::move(split.head)};
    parts.reference = Optimize(model.graph);
  }
  if (output_activation == OutputActivation::kKeep) return parts;
  LogitOutputs logits = DropOutputActivations(Optimize(parts.graphs.back()));
  parts.notes = NotesOn(logits);
  parts.graphs.back() = std::move(logits.graph);
  if (parts.reference.has_value()) {
    parts.reference = DropOutputActivations(*parts.reference).graph;
  }
  return parts;
}

ConvertedModel ConvertParts(const ModelParts& parts, std::span<const Sample> calibration,
                            const QuantizationRequest& request,
                            const std::filesystem::path& output,
                            const ProgressListener& listener) {
  const bool is_split = parts.graphs.size() > 1;
  const auto paths = OutputPaths(output, is_split);
  QuantizationRequest of_first = request;
  of_first.int8_outputs = is_split;
  ConvertedGraph first = ConvertGraph(parts.graphs[0], calibration, of_first, listener);
  if (!is_split) {
    ConvertedModel model{
        .reference = first.optimized, .written = first.written, .parts = {}};
    model.parts.push_back({"", paths[0], std::move(first)});
    return model;
  }
  const std::vector<Sample> features =
      RunSamples(Executor(first.written), calibration, request.workers);
  QuantizationRequest of_head = request;
  of_head.input_params = {ParamsOfOutput(first.written)};
  ConvertedGraph second = ConvertGraph(parts.graphs[1], features, of_head, listener);
  ConvertedModel model{.reference = *parts.reference,
                       .written = Joined(first.written, second.written),
                       .parts = {}};
  model.parts.push_back({kBackbone, paths[0], std::move(first)});
  model.parts.push_back({kHead, paths[1], std::move(second)});
  return model;
}

}  // namespace kinglet
