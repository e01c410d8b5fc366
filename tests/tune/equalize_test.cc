// Text tables for the rewrite and its refusals; random graphs for the function.
#include "tune/equalize.h"

#include <gtest/gtest.h>

#include "ir/text.h"
#include "tests/support/random_graph.h"
#include "tests/support/same_function.h"
#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

Graph Equalized(const Graph& graph, unsigned seed, const EqualizeOptions& options = {}) {
  const auto samples = RandomSamples(graph, 4, seed, -2, 2);
  const Graph equalized =
      Equalize(graph, CollectChannelExtremes(graph, RefsTo(samples), 2), options);
  EXPECT_EQ(StructureProblem(equalized), std::nullopt);
  return equalized;
}

// Channel 0 of y is 4, channel 1 is 1: the second is scaled by 4.
constexpr const char* kTwoLayers =
    "in input = x : float32[1x1]\nconst w : float32[2x1] = 2 0.5\n"
    "const b : float32[2] = 0 0\nconst v : float32[1x2] = 1 1\n"
    "const c : float32[1] = 0\n"
    "y : float32[1x2] = fully_connected(x, w, b) activation=relu\n"
    "z : float32[1x1] = fully_connected(y, v, c)\nout output_0 = z\n";

std::vector<float> Weights(const Graph& graph, std::size_t node) {
  const auto weights = graph[graph.nodes.at(node).inputs[1]].constant->Data<float>();
  return {weights.begin(), weights.end()};
}

TEST(Equalize, FillsTheRangeOfEveryChannel) {
  const Graph equalized = Equalized(Parse(kTwoLayers), 1);
  EXPECT_EQ(Weights(equalized, 0), (std::vector<float>{2, 2}));
  EXPECT_EQ(Weights(equalized, 1), (std::vector<float>{1, 0.25F}));
}

TEST(Equalize, NamesWhatItScales) {
  const Graph equalized = Equalized(Parse(kTwoLayers), 1);
  EXPECT_EQ(equalized[equalized.nodes[0].outputs[0]].name, "y/equalized");
  EXPECT_EQ(equalized[equalized.nodes[1].outputs[0]].name, "z");
}

TEST(Equalize, GoesHalfTheWayWhenAsked) {
  const Graph equalized = Equalized(Parse(kTwoLayers), 1, {.strength = 0.5});
  EXPECT_EQ(Weights(equalized, 0), (std::vector<float>{2, 1}));
}

TEST(Equalize, LeavesReadersThatAreNotDepthwiseWhenAsked) {
  const Graph graph = Parse(kTwoLayers);
  EXPECT_EQ(Equalized(graph, 1, {.depthwise_only = true}), graph);
}

TEST(Equalize, LeavesChannelsOfWhichFewNumbersWereSeen) {
  const Graph graph = Parse(kTwoLayers);
  const auto places =
      static_cast<std::size_t>(ElementCount(graph[graph.nodes[0].outputs[0]].shape) /
                               graph[graph.nodes[0].outputs[0]].shape.back());
  const std::size_t enough = (kFewestSeen + places - 1) / places;
  EXPECT_EQ(Equalized(graph, 1, {.samples = enough - 1}), graph);
  EXPECT_NE(Equalized(graph, 1, {.samples = enough}), graph);
}

TEST(Equalize, LeavesWhatMeetsAnOperationThatIsNotHomogeneous) {
  for (const std::string between :
       {"m : float32[1x2] = tanh(y)", "m : float32[1x2] = softmax(y)",
        "m : float32[1x2] = relu(y) kind=relu6", "m : float32[1x2] = mul(y, y)"}) {
    const Graph graph = Parse(
        "in input = x : float32[1x1]\nconst w : float32[2x1] = 2 0.5\n"
        "const b : float32[2] = 0 0\nconst v : float32[1x2] = 1 1\n"
        "const c : float32[1] = 0\ny : float32[1x2] = fully_connected(x, w, b)\n" +
        between + "\nz : float32[1x1] = fully_connected(m, v, c)\nout output_0 = z\n");
    EXPECT_EQ(Equalized(graph, 1), graph) << between;
  }
}

/// The larger operand of a product takes the factors of its result; the other has none.
TEST(Equalize, LeavesTheSmallerFactorOfAProductThatBroadcasts) {
  for (const std::string product :
       {"const k : float32[2x2] = 1 2 3 4\nm : float32[2x2] = mul(y, k)\n",
        "in other = k : float32[2x1]\nm : float32[2x2] = mul(k, y)\n"}) {
    const Graph graph = Parse(kTwoLayers + product + "out output_1 = m\n");
    EXPECT_EQ(Equalized(graph, 1), graph) << product;
  }
}

TEST(Equalize, LeavesWhatIsAnOutput) {
  std::string text = kTwoLayers;
  const Graph graph = Parse(text + "out output_1 = y\n");
  EXPECT_EQ(Equalized(graph, 1), graph);
}

TEST(Equalize, PutsTheBoundOfAClampAtSixIntoAMinimum) {
  std::string text = kTwoLayers;
  text.replace(text.find("relu"), 4, "relu6");
  const Graph equalized = Equalized(Parse(text), 1);
  ASSERT_EQ(equalized.nodes.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<Minimum>(equalized.nodes[1].op));
  EXPECT_EQ(Weights(equalized, 1), (std::vector<float>{6, 24}));
}

TEST(Equalize, LeavesAClampAtSixWhenItMustBeFree) {
  std::string text = kTwoLayers;
  EXPECT_NE(Equalized(Parse(text), 1, {.only_free = true}), Parse(text));
  text.replace(text.find("relu"), 4, "relu6");
  EXPECT_EQ(Equalized(Parse(text), 1, {.only_free = true}), Parse(text));
}

TEST(Equalize, LeavesSharedWeightsWhenItMustBeFree) {
  const Graph graph = Parse(
      "in input = x : float32[1x1]\nconst w : float32[2x1] = 2 0.5\n"
      "const b : float32[2] = 0 0\nconst v : float32[1x2] = 1 1\n"
      "const c : float32[1] = 0\n"
      "y : float32[1x2] = fully_connected(x, w, b) activation=relu\n"
      "z : float32[1x1] = fully_connected(y, v, c)\n"
      "y2 : float32[1x2] = fully_connected(z, w, b) activation=relu\n"
      "z2 : float32[1x1] = fully_connected(y2, v, c)\nout output_0 = z2\n");
  EXPECT_EQ(Equalized(graph, 1, {.only_free = true}), graph);
  EXPECT_NE(Equalized(graph, 1), graph);
}

TEST(Equalize, KeepsTheFunctionOfRandomGraphs) {
  int changed = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Graph graph = RandomGraph(seed).Make(12);
    const Graph equalized = Equalized(graph, seed + 1);
    changed += equalized == graph ? 0 : 1;
    ExpectSameFunction(graph, equalized, RandomSamples(graph, 3, seed, -9, 9), 1e-4F);
  }
  EXPECT_GT(changed, 20);
}

}  // namespace
}  // namespace kinglet
