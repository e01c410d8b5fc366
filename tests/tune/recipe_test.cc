// Small models of random layers, tuned as a whole.
#include "tune/recipe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "ir/text.h"
#include "tests/tune/linear_layers.h"
#include "tune/split_planes.h"

namespace kinglet {
namespace {

/// x -> dense, ReLU -> dense, ReLU -> dense.
Graph ThreeLayers(const std::array<std::int64_t, 4>& sizes = {12, 16, 16, 4}) {
  std::mt19937 random(7);
  Graph graph;
  Value x;
  x.name = "x";
  x.shape = {1, 12};
  ValueId last = graph.AddValue(x);
  graph.inputs.push_back({"input", last});
  for (std::size_t layer = 0; layer < 3; ++layer) {
    const ValueId w = graph.AddConstant(
        "w", RandomFloats({sizes[layer + 1], sizes[layer]}, random, -0.5F, 0.6F));
    const ValueId b = graph.AddConstant("b", RandomFloats({sizes[layer + 1]}, random));
    FullyConnected op;
    if (layer < 2) op.activation = Activation::kRelu;
    last = AddNode(graph, op, {last, w, b}, "y");
  }
  graph.outputs.push_back({"output_0", last});
  return graph;
}

/// Most numbers are small, one in some forty is large.
std::vector<Sample> SkewedSamples(std::size_t count, float power = 24) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> draw(0, 1);
  std::vector<Sample> samples;
  for (std::size_t s = 0; s < count; ++s) {
    Tensor x(DType::kFloat32, {1, 12});
    for (float& value : x.Data<float>()) value = std::pow(draw(random), power);
    samples.push_back({std::move(x)});
  }
  return samples;
}

TuneResult Tuned(const Graph& graph, const std::vector<Sample>& samples,
                 const TuneRequest& request) {
  const SampleRefs refs = RefsTo(samples);
  return Tune(graph, refs, FilesOf(refs), request, nullptr);
}

const TrialRecord& Chosen(const TuneResult& tuned) {
  for (const TrialRecord& trial : tuned.trials) {
    if (trial.chosen) return trial;
  }
  ADD_FAILURE() << "nothing was chosen";
  return tuned.trials.front();
}

bool HasTried(const TuneResult& tuned, const std::string& step) {
  return std::ranges::any_of(tuned.trials, [&step](const TrialRecord& trial) {
    return trial.name.find(step) != std::string::npos;
  });
}

struct ModelAndSamples {
  Graph graph;
  std::vector<Sample> samples;
};

Tensor& ConstantOf(Graph& graph, std::size_t node) {
  Value& weights = graph[graph.nodes[node].inputs[1]];
  auto copy = std::make_shared<Tensor>(*weights.constant);
  Tensor& elements = *copy;
  weights.constant = std::move(copy);
  return elements;
}

/// One sample in ten makes one channel of the first result forty times as large as all
/// others are; what reads it counts a fortieth of it.
ModelAndSamples RarelyLoud() {
  constexpr float kLoud = 40;
  Graph graph = ThreeLayers({12, 4, 40, 40});
  ConstantOf(graph, 0).Data<float>()[0] = kLoud;
  Tensor& readers = ConstantOf(graph, 1);
  for (std::size_t i = 0; i < readers.size(); i += 4) readers.Data<float>()[i] /= kLoud;
  auto samples = SkewedSamples(60, 1);
  for (std::size_t s = 0; s < samples.size(); ++s) {
    samples[s][0].Data<float>()[0] = s % 10 == 0 ? 1 : 0;
  }
  return {std::move(graph), std::move(samples)};
}

bool TriesSplits(double max_extra_macs) {
  const auto [graph, samples] = RarelyLoud();
  const auto tuned =
      Tuned(graph, samples,
            {.recipe = Recipe::kMax, .steps = {.max_extra_macs = max_extra_macs}});
  return HasTried(tuned, "1 tensors split");
}

TEST(Tune, TriesSplitsOnlyWhereTheyMayCost) {
  EXPECT_TRUE(TriesSplits(100));
  EXPECT_FALSE(TriesSplits(0));
}

bool TriesFineInputs(const TuneRequest& request) {
  const auto tuned = Tuned(ThreeLayers(), SkewedSamples(20), request);
  return HasTried(tuned, "fine inputs");
}

/// The first of three layers has 192 of 512 multiply-accumulates.
TEST(Tune, TriesFineInputsWhereTheyMayCost) {
  EXPECT_TRUE(TriesFineInputs({.recipe = Recipe::kMax, .steps = {.max_extra_macs = 38}}));
  EXPECT_FALSE(TriesFineInputs({.recipe = Recipe::kMax}));
  EXPECT_FALSE(TriesFineInputs({.recipe = Recipe::kDefault}));
}

/// Twelve inputs as loud as each other and quiet for a part of the samples, by themselves
/// or mixed by a layer; their logarithm; another layer.
ModelAndSamples Logarithm(bool behind_a_layer) {
  std::mt19937 random(5);
  Graph graph;
  Value x;
  x.name = "x";
  x.shape = {1, 12};
  ValueId last = graph.AddValue(x);
  graph.inputs.push_back({"input", last});
  const auto dense = [&](float low) {
    const ValueId w = graph.AddConstant("w", RandomFloats({12, 12}, random, low, 0.5F));
    const ValueId b = graph.AddConstant("b", Tensor(DType::kFloat32, {12}));
    return AddNode(graph, FullyConnected{}, {last, w, b}, "y");
  };
  if (behind_a_layer) last = dense(0);
  const ValueId floor =
      graph.AddConstant("floor", Tensor::Of<float>({1}, std::vector{1e-3F}));
  last = AddNode(graph, Maximum{}, {last, floor}, "above_floor");
  last = AddNode(graph, Log{}, {last}, "log");
  last = dense(-0.5F);
  graph.outputs.push_back({"output_0", last});
  std::vector<Sample> samples;
  for (int s = 0; s < 40; ++s) {
    samples.push_back({RandomFloats({1, 12}, random, 0.5F, 1)});
    const float loudness = std::exp2(-static_cast<float>(s % 7));
    for (float& value : samples.back()[0].Data<float>()) value *= loudness;
  }
  return {graph, samples};
}

int Logarithms(const Graph& graph, DType type) {
  return static_cast<int>(std::ranges::count_if(graph.nodes, [&](const Node& node) {
    return std::holds_alternative<Log>(node.op) && graph[node.outputs[0]].dtype == type;
  }));
}

TEST(Tune, ComputesFunctionsOfInputsInFloatWhereTheyMayCost) {
  const auto [graph, samples] = Logarithm(false);
  const auto tuned = Tuned(graph, samples, {.recipe = Recipe::kMax});
  EXPECT_EQ(Logarithms(tuned.quantized.graph, DType::kFloat32), 1);
  EXPECT_LT(Chosen(tuned).error.ratio, 0.6);
  EXPECT_EQ(tuned.quantized.float_operators[0], "above_floor (maximum)");
  EXPECT_TRUE(HasTried(Tuned(graph, samples, {}), "float inputs")) << "12 elements";
  const TuneRequest free{.steps = {.max_extra_macs = 0}};
  EXPECT_FALSE(HasTried(Tuned(graph, samples, free), "float inputs"));
}

TEST(Tune, SplitsWhatLogarithmsRead) {
  const auto [graph, samples] = Logarithm(true);
  const TuneRequest request{.recipe = Recipe::kMax, .steps = {.max_extra_macs = 100}};
  const auto tuned = Tuned(graph, samples, request);
  EXPECT_EQ(Logarithms(tuned.quantized.graph, DType::kInt8), 2);
  EXPECT_LT(Chosen(tuned).error.ratio, 0.6);
}

bool TriesEqualization(std::size_t samples, const TuneRequest& request) {
  const Graph graph = Parse(
      "in input = x : float32[30x1]\nconst w : float32[2x1] = 2 0.5\n"
      "const b : float32[2] = 0 0\nconst v : float32[1x2] = 1 1\n"
      "const c : float32[1] = 0\n"
      "y : float32[30x2] = fully_connected(x, w, b) activation=relu\n"
      "z : float32[30x1] = fully_connected(y, v, c)\nout output_0 = z\n");
  return HasTried(Tuned(graph, RandomSamples(graph, samples, 3), request), "equalized");
}

TEST(Tune, EqualizesByDefaultWhereManySamplesJudgeIt) {
  EXPECT_TRUE(TriesEqualization(40, {}));
  EXPECT_FALSE(TriesEqualization(39, {}));
  EXPECT_TRUE(TriesEqualization(39, {.recipe = Recipe::kMax}));
  EXPECT_FALSE(TriesEqualization(40, {.steps = {.equalize = false}}));
}

bool TriesRounding(std::size_t samples, const TuneRequest& request) {
  return HasTried(Tuned(ThreeLayers(), SkewedSamples(samples), request),
                  "rounded together");
}

TEST(Tune, RoundsWeightsTogetherByDefaultWhereManySamplesJudgeIt) {
  EXPECT_TRUE(TriesRounding(40, {}));
  EXPECT_FALSE(TriesRounding(39, {}));
  EXPECT_TRUE(TriesRounding(39, {.recipe = Recipe::kMax}));
  EXPECT_FALSE(TriesRounding(40, {.steps = {.adaround = false}}));
}

// Copies say nothing that the first of them didn't.
TEST(Tune, CountsCopiesOfASampleOnce) {
  auto samples = SkewedSamples(39);
  samples.resize(60, samples.front());
  EXPECT_FALSE(HasTried(Tuned(ThreeLayers(), samples, {}), "rounded together"));
}

/// The dtype of what a softmax at the output makes.
DType TypeOfSoftmax(const TuneRequest& request) {
  Graph graph = ThreeLayers();
  const ValueId last = AddNode(graph, Softmax{}, {graph.outputs[0].value}, "softmax");
  graph.outputs[0].value = last;
  const auto tuned = Tuned(graph, SkewedSamples(40, 1), request);
  const auto& nodes = tuned.quantized.graph.nodes;
  const auto found = std::ranges::find_if(
      nodes, [](const Node& node) { return std::holds_alternative<Softmax>(node.op); });
  return tuned.quantized.graph[found->outputs[0]].dtype;
}

TEST(Tune, ComputesTheLastActivationInFloatUnlessCostsAreRuledOut) {
  EXPECT_EQ(TypeOfSoftmax({}), DType::kFloat32);
  EXPECT_EQ(TypeOfSoftmax({.steps = {.max_extra_macs = 0}}), DType::kInt8);
  EXPECT_EQ(TypeOfSoftmax({.int8_outputs = true}), DType::kInt8);
}

TEST(Tune, TriesScalingBeforeCentringWhereAMeanIsTakenOff) {
  const Graph graph = Parse(
      "in input = x : float32[4x8]\n"
      "mean : float32[4x1] = mean(x) axes=[1] keep_dims=true\n"
      "centred : float32[4x8] = sub(x, mean)\n"
      "squares : float32[4x8] = mul(centred, centred)\n"
      "variance : float32[4x1] = mean(squares) axes=[1] keep_dims=true\n"
      "r : float32[4x1] = rsqrt(variance)\n"
      "y : float32[4x8] = mul(centred, r)\nout output_0 = y\n");
  const auto samples = RandomSamples(graph, 8, 3);
  EXPECT_TRUE(HasTried(Tuned(graph, samples, {}), "scaled before centring"));
  EXPECT_FALSE(
      HasTried(Tuned(ThreeLayers(), SkewedSamples(8), {}), "scaled before centring"));
}

TEST(Tune, AddsNoMultiplyAccumulatesByDefault) {
  const Graph graph = ThreeLayers();
  const auto tuned = Tuned(graph, SkewedSamples(60), {});
  EXPECT_EQ(MacsOf(tuned.quantized.graph), MacsOf(graph));
}

TEST(Tune, SaysWhatSplitsWouldBringUnlessTheyWereRuledOut) {
  const auto [graph, samples] = RarelyLoud();
  const auto tuned = Tuned(graph, samples, {});
  ASSERT_EQ(tuned.notes.size(), 1U);
  EXPECT_NE(tuned.notes[0].find("tensors in two INT8 planes"), std::string::npos)
      << tuned.notes[0];
  const auto ruled_out = Tuned(graph, samples, {.steps = {.max_extra_macs = 0}});
  EXPECT_TRUE(ruled_out.notes.empty());
}

TEST(Tune, GivesTheSameGraphWithAnyNumberOfWorkers) {
  for (const Recipe recipe : {Recipe::kDefault, Recipe::kMax}) {
    const auto one = Tuned(ThreeLayers(), SkewedSamples(20), {.recipe = recipe});
    const auto three =
        Tuned(ThreeLayers(), SkewedSamples(20), {.recipe = recipe, .workers = 3});
    EXPECT_EQ(one.quantized.graph, three.quantized.graph);
  }
}

TEST(Tune, KeepsTensorFlowsArithmeticWhereNothingIsClearlyBetter) {
  const Graph graph = Parse(
      "in input = x : float32[1x12]\ny : float32[12] = reshape(x) shape=[12]\n"
      "out output_0 = y\n");
  std::vector<Sample> constant(8, Sample{Tensor(DType::kFloat32, {1, 12})});
  EXPECT_EQ(Chosen(Tuned(graph, constant, {})).name, "tf");
}

TEST(Tune, FitsHalvesOfTheFilesToSayHowMuchTheyMatter) {
  const Graph graph = ThreeLayers();
  std::vector<Sample> samples = SkewedSamples(20);
  const auto stability = Tuned(graph, samples, {}).stability;
  ASSERT_TRUE(stability.has_value());
  EXPECT_GT(stability->apart, 0);
  const double sum = stability->halves[0] + stability->halves[1];
  EXPECT_LE(stability->apart, sum * (1 + 1e-9));  // as all distances do
  const std::vector<Sample> one(samples.begin(), samples.begin() + 1);
  EXPECT_EQ(Tuned(graph, one, {}).stability, std::nullopt);
}

TEST(Tune, DoesWhatIsAskedForEvenWhereItLoses) {
  const auto tuned =
      Tuned(ThreeLayers(), SkewedSamples(20),
            {.steps = {.ranges = RangeMethod::kEntropy, .bias_correction = false}});
  EXPECT_EQ(Chosen(tuned).name, "entropy ranges, no bias");
}

TEST(Tune, ErrsLessWithResultsKeptInHigherPrecision) {
  const auto error = [](Recipe recipe, const MixedPrecision& mixed) {
    const auto tuned =
        Tuned(ThreeLayers(), SkewedSamples(20), {.recipe = recipe, .mixed = mixed});
    return Chosen(tuned).error.ratio;
  };
  for (const Recipe recipe : {Recipe::kDefault, Recipe::kMax}) {
    const double without = error(recipe, {});
    EXPECT_LT(error(recipe, {.int16 = 1}), without);
    EXPECT_LT(error(recipe, {.int16 = 9}), without);
    EXPECT_LT(error(recipe, {.float32 = 1}), without);
    EXPECT_LT(error(recipe, {.float32 = 9}), 1e-9) << "all of it is in float";
  }
}

TEST(Tune, MeasuresRoundingOnlyWhereThatIsAskedFor) {
  EXPECT_TRUE(Tuned(ThreeLayers(), SkewedSamples(20), {}).mix.rounding.empty());
  const auto tuned = Tuned(ThreeLayers(), SkewedSamples(20), {.measure_rounding = true});
  EXPECT_EQ(tuned.mix.rounding.size(), 4U);
  EXPECT_EQ(tuned.quantized.graph,
            Tuned(ThreeLayers(), SkewedSamples(20), {}).quantized.graph);
}

}  // namespace
}  // namespace kinglet
