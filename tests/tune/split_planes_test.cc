// The function is compared on random graphs, whatever tensors are split at whatever
// thresholds.
#include "tune/split_planes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "ir/text.h"
#include "tests/support/operations.h"
#include "tests/support/random_graph.h"
#include "tests/support/same_function.h"
#include "tests/tune/linear_layers.h"
#include "tune/plane_readings.h"

namespace kinglet {
namespace {

ValueId ByName(const Graph& graph, const std::string& name) {
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].name == name) return static_cast<ValueId>(i);
  }
  ADD_FAILURE() << name;
  return {};
}

std::string AfterSplit(const std::string& text, const std::string& value) {
  const Graph graph = Parse(text);
  const Graph split = SplitPlanes(graph, {{ByName(graph, value), 0.5F}});
  EXPECT_EQ(StructureProblem(split), std::nullopt);
  return Operations(split);
}

const std::string kHead =
    "in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
    "const b : float32[2] = 1 1\nconst k : float32[2] = 3 5\n"
    "y : float32[1x2] = fully_connected(x, w, b) activation=relu\n";

const std::string kTwoJoined = kHead +
                               "v : float32[1x2] = fully_connected(x, w, b)\n"
                               "c : float32[1x4] = concatenation(y, v) axis=1\n";

TEST(SplitPlanes, LetsEachReaderReadThePlanesInItsWay) {
  struct Case {
    std::string reader;
    std::string after;
  };
  const std::string made = "fully_connected minimum fully_connected ";
  for (const Case& one : {
           Case{"z : float32[1x2] = fully_connected(y, w, b) activation=relu6",
                made + "fully_connected fully_connected add"},
           Case{"z : float32[1x2] = mul(y, k)", made + "mul mul add"},
           Case{"z : float32[1x2] = div(y, k)", made + "div div add"},
           Case{"z : float32[1x2] = div(k, y)", "fully_connected div"},
           Case{"z : float32[1x2] = add(y, x)", made + "add add"},
           Case{"z : float32[1x2] = add(y, y)", made + "add add add"},
           Case{"z : float32[1x2] = tanh(y)",
                "fully_connected fully_connected minimum maximum tanh tanh add add"},
           Case{"z : float32[1x2] = relu(y) kind=relu", "fully_connected relu"},
       }) {
    EXPECT_EQ(AfterSplit(kHead + one.reader + "\nout output_0 = z\n", "y"), one.after);
  }
}

TEST(SplitPlanes, HandsPlanesOnThroughMoversAndMeans) {
  EXPECT_EQ(
      AfterSplit(kHead + "r : float32[2x1] = reshape(y) shape=[2,1]\n"
                         "m : float32[2] = mean(r) axes=[1] keep_dims=false\n"
                         "z : float32[2] = mul(m, k)\nout output_0 = z\n",
                 "y"),
      "fully_connected minimum fully_connected reshape reshape mean mean mul mul add");
}

TEST(SplitPlanes, HandsPlanesOnThroughConcatenationsOfThem) {
  const std::string text =
      kTwoJoined +
      "const f : float32[4] = 3 5 7 9\nz : float32[1x4] = mul(c, f)\n"
      "out output_0 = z\n";
  const Graph graph = Parse(text);
  const ValueId y = ByName(graph, "y");
  const Graph split = SplitPlanes(graph, {{y, 0.5F}, {ByName(graph, "v"), 0.5F}});
  EXPECT_EQ(Operations(split),
            "fully_connected minimum fully_connected fully_connected minimum "
            "fully_connected concatenation concatenation mul mul add");
  EXPECT_EQ(Operations(SplitPlanes(graph, {{y, 0.5F}})),
            "fully_connected fully_connected concatenation mul");
}

// The largest of two that meet at different thresholds isn't the sum of the planes'.
TEST(SplitPlanes, TakesMaximaOfWhatMeetsAtOneThreshold) {
  const std::string text =
      kTwoJoined +
      "m : float32[1x1] = reduce_max(c) axes=[1] keep_dims=true\n"
      "const f : float32[1] = 3\nz : float32[1x1] = mul(m, f)\nout output_0 = z\n";
  const Graph graph = Parse(text);
  const ValueId y = ByName(graph, "y");
  const ValueId v = ByName(graph, "v");
  const std::string made =
      "fully_connected minimum fully_connected fully_connected minimum fully_connected ";
  EXPECT_EQ(Operations(SplitPlanes(graph, {{y, 0.5F}, {v, 0.5F}})),
            made + "concatenation concatenation reduce_max reduce_max mul mul add");
  EXPECT_EQ(Operations(SplitPlanes(graph, {{y, 0.5F}, {v, 0.75F}})),
            "fully_connected fully_connected concatenation reduce_max mul");
}

TEST(SplitPlanes, HandsPlanesOnThroughHinges) {
  const std::string text = kHead +
                           "const s : float32[2] = -0.25 -3\n"
                           "h : float32[1x2] = add(y, s) activation=relu\n"
                           "z : float32[1x2] = mul(h, k)\nout output_0 = z\n";
  EXPECT_EQ(AfterSplit(text, "y"),
            "fully_connected minimum fully_connected add add mul mul add");
  const Graph graph = Parse(text);
  const Graph split = SplitPlanes(graph, {{ByName(graph, "y"), 0.5F}});
  const auto beyond = split[ByName(split, "s/beyond_threshold")].constant->Data<float>();
  EXPECT_EQ(std::vector<float>(beyond.begin(), beyond.end()),
            (std::vector<float>{0, -2.5F}));
}

// Branches go through all of a function and are added behind it.
TEST(SplitPlanes, ReadsFunctionsInBranches) {
  const std::string log =
      "const floor : float32[1] = 0.125\nm : float32[1x2] = maximum(y, floor)\n"
      "n : float32[1x2] = log(m)\no : float32[1x2] = mul(n, k)\nout output_0 = o\n";
  EXPECT_EQ(AfterSplit(kHead + log, "y"),
            "fully_connected fully_connected minimum maximum maximum maximum log log add "
            "add mul");
  EXPECT_EQ(AfterSplit(kHead + log + "out output_1 = m\n", "y"),
            "fully_connected fully_connected minimum maximum maximum maximum add add log "
            "log add add mul");
  const Graph graph = Parse(kHead + log);
  for (const float threshold : {0.01F, 0.125F, 0.5F, 7.0F}) {
    const Graph split = SplitPlanes(graph, {{ByName(graph, "y"), threshold}});
    ExpectSameFunction(graph, split, RandomSamples(graph, 20, 1, -4, 4), 1e-5F);
  }
}

// Of numbers up to the threshold not a bit: the branches above it cancel.
TEST(SplitPlanes, LeavesFunctionsOfTheFinePlaneAsTheyWere) {
  for (const char* function : {"log(y)", "tanh(y)", "gelu(y)", "sqrt(y)", "rsqrt(y)"}) {
    const Graph graph = Parse(
        "in input = x : float32[1x64]\nconst one : float32[1] = 1\n"
        "y : float32[1x64] = mul(x, one)\nz : float32[1x64] = " +
        std::string(function) + "\nout output_0 = z\n");
    const Graph split = SplitPlanes(graph, {{ByName(graph, "y"), 0.7F}});
    EXPECT_GT(split.nodes.size(), graph.nodes.size()) << function;
    ExpectSameFunction(graph, split, RandomSamples(graph, 20, 2, 0.01F, 0.7F), 0);
  }
}

TEST(SplitPlanes, KeepsFunctionsThatHaveNoValueAtTheThreshold) {
  const std::string text = kHead +
                           "const far : float32[1] = -3\n"
                           "m : float32[1x2] = add(y, far)\n"
                           "n : float32[1x2] = log(m)\nout output_0 = n\n";
  EXPECT_EQ(AfterSplit(text, "y"), "fully_connected add log");
}

TEST(SplitPlanes, KeepsHingesAtAnyThreshold) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> real(-3, 3);
  for (int i = 0; i < 200; ++i) {
    const std::string text =
        kHead +
        fmt::format("const s : float32[2] = {} {}\n", real(random), real(random)) +
        "h : float32[1x2] = add(s, y) activation=relu\n"
        "z : float32[1x2] = fully_connected(h, w, b)\nout output_0 = z\n";
    const Graph graph = Parse(text);
    const Graph split =
        SplitPlanes(graph, {{ByName(graph, "y"), std::abs(real(random))}});
    ExpectSameFunction(graph, split,
                       RandomSamples(graph, 5, static_cast<unsigned>(i), -4, 4), 1e-5F);
  }
}

TEST(SplitPlanes, PutsTheBiasIntoOnePlane) {
  const Graph graph = Parse(kHead +
                            "z : float32[1x2] = fully_connected(y, w, b)\n"
                            "out output_0 = z\n");
  const Graph split = SplitPlanes(graph, {{ByName(graph, "y"), 0.5F}});
  const auto bias = [&](std::size_t node) {
    const auto values = split[split.nodes[node].inputs[2]].constant->Data<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(bias(3), (std::vector<float>{1, 1}));
  EXPECT_EQ(bias(4), (std::vector<float>{0, 0}));
}

TEST(CanSplit, LooksThroughMovers) {
  const std::string end = "\nz : float32[1x2] = fully_connected(m, w, b)\nout o = z\n";
  const Graph moved = Parse(kHead +
                            "m : float32[1x2] = strided_slice(y) begin=[0,0] end=[1,2] "
                            "strides=[1,1]" +
                            end);
  EXPECT_TRUE(CanSplit(moved, ByName(moved, "y")));
  const Graph curved = Parse(kHead + "m : float32[1x2] = logistic(y)" + end);
  EXPECT_TRUE(CanSplit(curved, ByName(curved, "y")));
  const Graph lost = Parse(kHead + "m : float32[1x2] = softmax(y)" + end);
  EXPECT_FALSE(CanSplit(lost, ByName(lost, "y")));
}

/// Each joining sum rounds once more, relative to the largest number on the way.
TEST(SplitPlanes, KeepsTheFunctionOfRandomGraphsAtAnyThreshold) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Graph graph = RandomGraph(seed).Make(12);
    std::mt19937 random(seed);
    Thresholds thresholds;
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      if (graph.values[i].constant != nullptr || random() % 3 != 0) continue;
      thresholds[static_cast<ValueId>(i)] =
          0.01F * static_cast<float>(1 + random() % 300);
    }
    const Graph split = SplitPlanes(graph, thresholds);
    ASSERT_EQ(StructureProblem(split), std::nullopt);
    EXPECT_GE(MacsOf(split), MacsOf(graph));
    ExpectSameFunction(graph, split, RandomSamples(graph, 3, seed, -4, 4), 2e-4F);
  }
}

}  // namespace
}  // namespace kinglet
