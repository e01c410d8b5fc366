#include "tune/refine_layers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quantize/quantize.h"
#include "run/executor.h"
#include "tests/tune/linear_layers.h"
#include "tune/trial.h"

namespace kinglet {
namespace {

TEST(Combined, TakesTheMeanTheMedianOrTheMeanOfTheMiddle) {
  const std::vector<double> odd = {5, 1, 100, 3, 2};
  EXPECT_EQ(Combined(odd, BiasForm::kNone), 0);
  EXPECT_NEAR(Combined(odd, BiasForm::kMean), 22.2, 1e-12);
  EXPECT_EQ(Combined(odd, BiasForm::kMedian), 3);
  EXPECT_EQ(Combined({1, 2, 3, 10}, BiasForm::kMedian), 2.5);
  std::vector<double> ten(10, 4);
  ten[2] = -50;
  ten[7] = 90;
  EXPECT_EQ(Combined(ten, BiasForm::kTrimmed), 4);
}

struct RefineCase {
  Graph graph;
  std::vector<Sample> samples;
  Graph quantized;
};

/// Two dense layers; ranges that cut half of what the first makes, so that means shift.
RefineCase TwoLayers(Precision precision = Precision::kInt8) {
  RefineCase made;
  std::mt19937 random(1);
  Value x;
  x.name = "x";
  x.shape = {1, 6};
  const ValueId in = made.graph.AddValue(x);
  made.graph.inputs.push_back({"input", in});
  const auto dense = [&](ValueId from, std::int64_t inputs, std::int64_t outputs,
                         const char* name) {
    const ValueId w =
        made.graph.AddConstant("w", RandomFloats({outputs, inputs}, random));
    const ValueId b = made.graph.AddConstant("b", RandomFloats({outputs}, random));
    return AddNode(made.graph, FullyConnected{}, {from, w, b}, name);
  };
  const ValueId y = dense(in, 6, 8, "y");
  made.graph.outputs.push_back({"output_0", dense(y, 8, 5, "z")});
  made.samples = RandomSamples(made.graph, 40, 2);
  Ranges ranges(made.graph.values.size());
  ranges[Index(in)] = Range{-1, 1};
  ranges[Index(y)] = Range{-0.7F, 0.3F};
  ranges[Index(made.graph.outputs[0].value)] = Range{-8, 8};
  made.quantized =
      QuantizeInt8(made.graph, ranges, {.precisions = {precision, precision}}).graph;
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
                      MeansOfLinearLayers(one.graph, refs, workers), refs, refinement,
                      workers);
}

// The mean of 40 roundings to the output's steps is off by a fifth of one at most.
TEST(RefineLayers, MakesTheMeanOutputThatOfTheFloatGraph) {
  for (const Precision precision : {Precision::kInt8, Precision::kInt16}) {
    const RefineCase one = TwoLayers(precision);
    const auto wanted = MeanOutput(one.graph, one.samples);
    const double before = Distance(MeanOutput(one.quantized, one.samples), wanted);
    const bool is_wide = precision == Precision::kInt16;
    EXPECT_GT(before, is_wide ? 0.001 : 0.05);
    for (const bool round : {false, true}) {
      const Graph refined = Refined(one, {BiasForm::kMean, round});
      const double step = is_wide ? 8.0 / 32767 : 16.0 / 255;
      EXPECT_LT(Distance(MeanOutput(refined, one.samples), wanted), 0.2 * step) << round;
    }
  }
}

TEST(RefineLayers, ChangesNothingUnasked) {
  const RefineCase one = TwoLayers();
  EXPECT_EQ(Refined(one, {BiasForm::kNone, false}), one.quantized);
}

TEST(RefineLayers, MakesTheSameOnAnyNumberOfWorkers) {
  const RefineCase one = TwoLayers();
  for (const BiasForm form : {BiasForm::kMean, BiasForm::kMedian, BiasForm::kTrimmed}) {
    EXPECT_EQ(Refined(one, {form, true}, 1), Refined(one, {form, true}, 4));
  }
}

}  // namespace
}  // namespace kinglet
