#include "calibrate/data_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "calibrate/gather.h"
#include "ir/text.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// x, a dense layer of one output that is w x + b, and what follows.
Graph Dense(float bias, const std::string& rest) {
  return Parse(
      "in input = x : float32[1x1]\nconst w : float32[1x1] = 1\n"
      "const b : float32[1] = " +
      std::to_string(bias) + "\ny : float32[1x1] = fully_connected(x, w, b)\n" + rest +
      "\nout output_0 = z\n");
}

/// After samples from -1 to 1.
CalibrationCollector Marked(const Graph& graph) {
  std::vector<std::vector<Tensor>> samples;
  for (const float x : {-1.0F, 0.5F, 1.0F}) {
    samples.push_back({Tensor::Of<float>({1, 1}, std::span(&x, 1))});
  }
  return GatherFrom<CalibrationCollector>(Executor(graph), samples, 2);
}

/// "above", "below" or nothing of each that is found.
std::string SidesOf(const Graph& graph) {
  std::string sides;
  for (const OneSided& one : FindOneSided(graph, Marked(graph).ranges.ranges())) {
    sides += one.is_above ? "above" : "below";
  }
  return sides;
}

TEST(FindOneSided, LooksAtBothSidesOfFunctionsThatVaryOnBoth) {
  for (const std::string function :
       {"logistic(y)", "tanh(y)", "hard_swish(y)", "elu(y)", "leaky_relu(y) alpha=0.5",
        "gelu(y) approximate=false"}) {
    const std::string rest = "z : float32[1x1] = " + function;
    EXPECT_EQ(SidesOf(Dense(2, rest)), "above") << function;
    EXPECT_EQ(SidesOf(Dense(-2, rest)), "below") << function;
    EXPECT_EQ(SidesOf(Dense(0, rest)), "") << function;
  }
}

TEST(FindOneSided, NamesClampsOnlyWhenNothingPasses) {
  for (const std::string clamp :
       {"relu(y) kind=relu", "relu(y) kind=relu6", "add(y, y) activation=relu",
        "add(y, y) activation=relu6"}) {
    const std::string rest = "z : float32[1x1] = " + clamp;
    EXPECT_EQ(SidesOf(Dense(2, rest)), "") << clamp;
    EXPECT_EQ(SidesOf(Dense(-2, rest)), "below") << clamp;
  }
}

TEST(FindOneSided, LeavesOperandsThatHaveOneSignByThemselves) {
  EXPECT_EQ(SidesOf(Dense(0,
                          "r : float32[1x1] = relu(y) kind=relu\n"
                          "z : float32[1x1] = tanh(r)")),
            "");
}

/// Of three channels the first is zero everywhere, the second is constant within each
/// sample, the third moves within the second sample alone.
TEST(ConstantChannels, CountsWhatMovesNeitherWithinNorBetweenSamples) {
  const Graph graph = Parse(
      "in input = x : float32[1x2x2]\nconst w : float32[3x2] = 0 0 1 0 0 1\n"
      "const b : float32[3] = 0 0 0\n"
      "y : float32[1x2x3] = fully_connected(x, w, b)\nout output_0 = y\n");
  const std::vector<std::vector<float>> values = {{1, 5, 1, 5}, {2, 5, 2, 6}};
  const auto counted = [&](const std::vector<std::size_t>& which, std::size_t workers) {
    std::vector<std::vector<Tensor>> samples;
    for (const std::size_t s : which) {
      samples.push_back(
          {Tensor::Of<float>({1, 2, 2}, std::span<const float>(values[s]))});
    }
    const auto seen = GatherFrom<CalibrationCollector>(Executor(graph), samples, workers);
    return CountConstantChannels(graph, seen.channels);
  };
  EXPECT_THAT(counted({0}, 1), ElementsAre(ConstantCount{"y", 3, 3}));
  EXPECT_THAT(counted({1}, 2), ElementsAre(ConstantCount{"y", 2, 3}));
  for (const std::size_t workers : {1, 2, 3}) {
    EXPECT_THAT(counted({0, 1}, workers), ElementsAre(ConstantCount{"y", 1, 3}));
  }
}

TEST(ConstantChannels, MergeToWhatHasOneValueInBoth) {
  const Graph graph = Parse(
      "in input = x : float32[1x1]\nconst w : float32[2x1] = 1 1\n"
      "const b : float32[2] = 0 0\n"
      "y : float32[1x2] = fully_connected(x, w, b)\nout output_0 = y\n");
  const auto seen = [&](std::vector<float> values) {
    ConstantChannels channels(graph);
    channels.See(graph.outputs[0].value, std::as_bytes(std::span(values)));
    return channels;
  };
  for (const bool is_first : {false, true}) {
    ConstantChannels merged = is_first ? seen({1, 2}) : ConstantChannels(graph);
    merged.Merge(is_first ? ConstantChannels(graph) : seen({1, 2}));
    EXPECT_EQ(merged.Count(graph.outputs[0].value), 2U);
    merged.Merge(seen({1, 3}));
    EXPECT_EQ(merged.Count(graph.outputs[0].value), 1U);
  }
}

TEST(ConstantChannels, LooksFarIntoASample) {
  const Graph graph = Parse(
      "in input = x : float32[1x100x1]\nconst w : float32[1x1] = 1\n"
      "const b : float32[1] = 0\n"
      "y : float32[1x100x1] = fully_connected(x, w, b)\nout output_0 = y\n");
  for (const std::size_t place : {0, 31, 32, 99}) {
    Tensor sample(DType::kFloat32, {1, 100, 1});
    sample.Data<float>()[place] = 1;
    ConstantChannels channels(graph);
    channels.See(graph.outputs[0].value, sample.bytes());
    EXPECT_THAT(CountConstantChannels(graph, channels), IsEmpty()) << place;
  }
}

}  // namespace
}  // namespace kinglet
