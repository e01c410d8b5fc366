// write_tuned_graphs FOLDER SEED COUNT: COUNT random networks as the recipes' steps leave
// them, NUMBER.tflite, with inputs in_0, ... and our outputs out_0, ... in NUMBER.npz.
// Every result on the way is an output. Inputs reach far beyond what calibrated.
#include <functional>
#include <numeric>
#include <string>

#include "passes/passes.h"
#include "tests/oracle/write_case.h"
#include "tests/support/random_network.h"
#include "tune/equalize.h"
#include "tune/split_planes.h"
#include "tune/start_graph.h"
#include "tune/workshop.h"

namespace kinglet {
namespace {

constexpr float kCalibrated = 2;
constexpr float kBeyond = 60;

template <typename T>
T AnyOf(RandomNetwork& random, const std::vector<T>& from) {
  return from[static_cast<std::size_t>(random.Pick(static_cast<int>(from.size())))];
}

Thresholds SomeThresholds(const Graph& graph, RandomNetwork& random) {
  Thresholds thresholds;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].constant != nullptr || !random.Chance(4)) continue;
    thresholds[static_cast<ValueId>(i)] = std::exp2(random.Real(-5, 1));
  }
  return thresholds;
}

/// The network as some of the rewrites leave it, with what is known of it.
std::shared_ptr<const Variant> SomeVariant(const Workshop& workshop, Graph graph,
                                           const SampleRefs& samples,
                                           RandomNetwork& random) {
  if (random.Chance(2)) {
    graph = Equalize(graph, CollectChannelExtremes(graph, samples, 1),
                     {.strength = 0.5, .depthwise_only = random.Chance(3)});
  }
  if (random.Chance(3)) return workshop.NewVariant(std::move(graph));
  return workshop.NewVariant(SplitPlanes(graph, SomeThresholds(graph, random)));
}

Refinement SomeRefinement(RandomNetwork& random) {
  Refinement refinement;
  refinement.bias = AnyOf<BiasForm>(
      random, {BiasForm::kNone, BiasForm::kMean, BiasForm::kMedian, BiasForm::kTrimmed});
  refinement.round_weights = random.Chance(2);
  refinement.retarget = refinement.round_weights && random.Chance(2);
  return refinement;
}

/// In every third network some operations compute on INT16.
Precisions SomePrecisions(const Graph& graph, RandomNetwork& random) {
  Precisions precisions(graph.nodes.size());
  if (!random.Chance(3)) return precisions;
  for (Precision& precision : precisions) {
    if (random.Chance(2)) precision = Precision::kInt16;
  }
  return precisions;
}

Copies SomeCopies(const Graph& graph, RandomNetwork& random) {
  Copies copies;
  const int count = random.Chance(2) ? 2 : kMostCopies;
  for (const Value& value : graph.values) {
    if (value.constant != nullptr || random.Chance(2)) continue;
    copies[value.name] = random.Chance(4) ? 2 : count;
  }
  return copies;
}

Graph Tuned(RandomNetwork& random) {
  const Graph graph = StartGraph(Optimize(random.Make(12)), random.Chance(2));
  std::vector<Sample> samples;
  for (int i = 0; i < 6; ++i) samples.push_back(random.Sample(graph, kCalibrated));
  SampleRefs refs;
  for (const Sample& sample : samples) refs.push_back(&sample);
  const std::vector<std::size_t> files = FilesOf(refs);
  const std::function<void()> on_step;
  const Workshop workshop(graph, graph, refs, files, {.per_tensor = random.Chance(4)}, 1,
                          on_step);
  const auto variant = SomeVariant(workshop, graph, refs, random);
  const Plan plan{
      .variant = variant,
      .ranges =
          AnyOf<RangeMethod>(random, {RangeMethod::kMinMax, RangeMethod::kPercentile,
                                      RangeMethod::kMse, RangeMethod::kEntropy}),
      .refinement = SomeRefinement(random),
      .precisions = SomePrecisions(variant->graph, random),
      .fine_inputs = random.Chance(2),
      .copies = random.Chance(2) ? SomeCopies(variant->graph, random) : Copies()};
  return workshop.Fit(plan).graph;
}

/// With each result as an output.
Graph Observed(Graph graph) {
  graph.outputs.clear();
  for (const Node& node : graph.nodes) {
    graph.outputs.push_back(
        {"output_" + std::to_string(graph.outputs.size()), node.outputs[0]});
  }
  return graph;
}

void WriteOne(const std::filesystem::path& stem, std::uint64_t seed) {
  RandomNetwork random(static_cast<unsigned>(seed));
  const Graph graph = Observed(Tuned(random));
  WriteCase(stem, graph, random.Sample(graph, random.Chance(2) ? kCalibrated : kBeyond));
}

}  // namespace
}  // namespace kinglet

int main(int argc, char** argv) {
  return kinglet::WriteCases(argc, argv, kinglet::WriteOne);
}
