#include "tune/refine_layers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "quantize/quantize.h"
#include "run/executor.h"
#include "tests/tune/linear_layers.h"
#include "tune/trial.h"

namespace kinglet {
namespace {

struct RefineCase {
  Graph graph;
  std::vector<Sample> samples;
  Graph quantized;
};

constexpr double kWide = 8;  // half the width of the range of all but the first layer

/// Dense layers, the results of all but the first of them outputs. Where there are
/// several the range of the first cuts half of what it makes, so that means shift. The
/// twin of the last reads the same and has weights of its own that equal the last's.
RefineCase Layers(int count, Precision precision = Precision::kInt8,
                  bool has_twin = false) {
  RefineCase made;
  std::mt19937 random(1);
  Value x;
  x.name = "x";
  x.shape = {1, 6};
  const ValueId in = made.graph.AddValue(x);
  made.graph.inputs.push_back({"input", in});
  std::vector<ValueId> results = {in};
  for (int i = 0; i < count; ++i) {
    const std::int64_t inputs = made.graph[results.back()].shape.back();
    const std::int64_t outputs = i == 0 ? 8 : 5;
    const ValueId w =
        made.graph.AddConstant("w", RandomFloats({outputs, inputs}, random));
    const ValueId b = made.graph.AddConstant("b", RandomFloats({outputs}, random));
    results.push_back(AddNode(made.graph, FullyConnected{}, {results.back(), w, b},
                              fmt::format("layer_{}", i)));
    if (i > 0 || count == 1) {
      made.graph.outputs.push_back({fmt::format("output_{}", i), results.back()});
    }
  }
  if (has_twin) {
    const std::vector<ValueId> inputs = made.graph.nodes.back().inputs;
    const ValueId w =
        made.graph.AddConstant("w", Tensor(*made.graph[inputs[1]].constant));
    results.push_back(
        AddNode(made.graph, FullyConnected{}, {inputs[0], w, inputs[2]}, "twin"));
    made.graph.outputs.push_back({"output_twin", results.back()});
  }
  made.samples = RandomSamples(made.graph, 40, 2);
  Ranges ranges(made.graph.values.size());
  for (const ValueId id : results) ranges[Index(id)] = Range{-kWide, kWide};
  ranges[Index(in)] = Range{-1, 1};
  if (count > 1) ranges[Index(results[1])] = Range{-0.7F, 0.3F};
  const std::vector<Precision> precisions(made.graph.nodes.size(), precision);
  made.quantized = QuantizeInt8(made.graph, ranges, {.precisions = precisions}).graph;
  return made;
}

std::vector<double> MeanOutput(const Graph& graph, const std::vector<Sample>& samples) {
  std::vector<double> mean;
  for (const Outputs& outputs : OutputsOf(graph, RefsTo(samples), 1)) {
    mean.resize(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      mean[i] += outputs[i] / static_cast<double>(samples.size());
    }
  }
  return mean;
}

double Distance(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

Graph Refined(const RefineCase& one, const Refinement& refinement,
              std::size_t workers = 1) {
  const SampleRefs refs = RefsTo(one.samples);
  return RefineLayers({one.quantized, {}}, one.graph,
                      MeansOfLinearLayers(one.graph, refs), refs, refinement, workers);
}

std::vector<double> FirstOf(std::vector<double> outputs) {
  outputs.resize(5);
  return outputs;
}

// The mean of 40 roundings to the output's steps is off by a fifth of one at most.
TEST(RefineLayers, MakesTheMeanOutputThatOfTheFloatGraph) {
  for (const Precision precision : {Precision::kInt8, Precision::kInt16}) {
    const RefineCase one = Layers(3, precision);
    const auto wanted = FirstOf(MeanOutput(one.graph, one.samples));
    const double before =
        Distance(FirstOf(MeanOutput(one.quantized, one.samples)), wanted);
    const bool is_wide = precision == Precision::kInt16;
    EXPECT_GT(before, is_wide ? 0.001 : 0.05);
    for (const bool round : {false, true}) {
      const Graph refined = Refined(one, {BiasForm::kMean, round});
      const double step = 2 * kWide / (is_wide ? 65534 : 255);
      EXPECT_LT(Distance(FirstOf(MeanOutput(refined, one.samples)), wanted), 0.2 * step)
          << round;
    }
  }
}

// Sums of INT16 products are read off the outputs to a step; the bias is as fine.
TEST(RefineLayers, MovesTheLastLayerByWhatIsMoreThanChance) {
  RefineCase one = Layers(1, Precision::kInt16);
  one.samples.resize(4);  // so that chance is much
  const SampleRefs refs = RefsTo(one.samples);
  const auto wanted = OutputsOf(one.graph, refs, 1);
  const auto before = OutputsOf(one.quantized, refs, 1);
  const auto after = OutputsOf(Refined(one, {BiasForm::kMean, false}), refs, 1);
  const double step = 2 * kWide / 65534;
  double largest = 0;
  for (std::size_t c = 0; c < wanted[0].size(); ++c) {
    std::vector<double> differences;
    for (std::size_t s = 0; s < refs.size(); ++s) {
      differences.push_back(static_cast<double>(wanted[s][c]) - before[s][c]);
    }
    const double mean = Combined(differences, BiasForm::kMean);
    const double moved = static_cast<double>(after[0][c]) - before[0][c];
    EXPECT_NEAR(moved, BeyondChance(mean, differences), 2 * step) << c;
    largest = std::max(largest, std::abs(mean - moved));
  }
  EXPECT_GT(largest, 2 * step);  // else a full shift would pass
}

TEST(RefineLayers, ChangesNothingUnasked) {
  const RefineCase one = Layers(2);
  EXPECT_EQ(Refined(one, {BiasForm::kNone, false}), one.quantized);
}

TEST(RefineLayers, MakesTheSameOnAnyNumberOfWorkers) {
  const RefineCase one = Layers(2);
  for (const BiasForm form : {BiasForm::kMean, BiasForm::kMedian, BiasForm::kTrimmed}) {
    EXPECT_EQ(Refined(one, {form, true}, 1), Refined(one, {form, true}, 4));
  }
}

/// The weights of the layer whose result has that name.
const Tensor& WeightsIn(const Graph& graph, const std::string& name) {
  const auto layer = std::ranges::find_if(
      graph.nodes, [&](const Node& node) { return graph[node.outputs[0]].name == name; });
  return *graph[layer->inputs[1]].constant;
}

TEST(RefineLayers, KeepsWeightsOneThatSeveralNodesHave) {
  const RefineCase one = Layers(2, Precision::kInt8, true);
  const Graph refined = Refined(one, {BiasForm::kMean, true});
  EXPECT_EQ(WeightsIn(refined, "layer_1"), WeightsIn(refined, "twin"));
  EXPECT_NE(WeightsIn(refined, "layer_1"), WeightsIn(one.quantized, "layer_1"));
}

}  // namespace
}  // namespace kinglet
