#include "tune/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ir/text.h"
#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

TEST(FindSensitivities, RoundsOneTensorAtATimeAndLeavesOutCopies) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst k : float32[2] = 1 1\n"
      "r : float32[2] = reshape(x) shape=[2]\ny : float32[2] = mul(r, k)\n"
      "out output_0 = y\n");
  std::vector<Sample> samples = {
      {Tensor::Of<float>({1, 2}, std::vector<float>{0.3F, 1})}};
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (graph.values[i].constant == nullptr) ranges[i] = Range{0, 255};
  }
  const auto reference = OutputsOf(graph, RefsTo(samples), 1);
  const auto found = FindSensitivities(graph, ranges, {}, RefsTo(samples), reference, 1);
  ASSERT_EQ(found.size(), 2);  // x and y; r is a copy of x
  for (const Sensitivity& one : found) {
    EXPECT_NEAR(one.errors[0].squared, 0.3 * 0.3 / 2, 1e-6);  // the scale is one
  }
}

// Four copies have steps of a quarter in the mean: 0.3 becomes 0.25.
TEST(FindSensitivities, RoundsToPartsOfAStepForCopies) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst k : float32[2] = 1 1\n"
      "y : float32[1x2] = mul(x, k)\nout output_0 = y\n");
  std::vector<Sample> samples = {
      {Tensor::Of<float>({1, 2}, std::vector<float>{0.3F, 1})}};
  const Ranges ranges = {Range{0, 255}, std::nullopt, Range{0, 255}};
  const auto reference = OutputsOf(graph, RefsTo(samples), 1);
  const auto found =
      FindSensitivities(graph, ranges, {}, RefsTo(samples), reference, 1, 4);
  ASSERT_EQ(found.size(), 2);
  EXPECT_NEAR(found[0].errors[0].squared, 0.05 * 0.05 / 2, 1e-6);
}

// Four copies of 0.2, further by -3/8 to 3/8, are 0, 0, 0 and 1; sums of these and zero
// in steps of 2.2 are zero all: what rounding adds to them is -1/4 in the mean. On steps
// of a quarter of 2.2 it would be -0.2.
TEST(FindSensitivities, RoundsSumsOfCopies) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst k : float32[2] = 1 1\n"
      "const none : float32[1] = 0\n"
      "y : float32[1x2] = mul(x, k)\nr : float32[2x1] = reshape(x) shape=[2,1]\n"
      "z : float32[2x1] = mul(r, none)\n"
      "s : float32[2x2] = add(y, z)\nout output_0 = s\n");
  std::vector<Sample> samples = {
      {Tensor::Of<float>({1, 2}, std::vector<float>{0.2F, 0})}};
  Ranges ranges(graph.values.size(), Range{0, 255});
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (graph.values[i].constant != nullptr) ranges[i].reset();
    if (graph.values[i].name == "s") ranges[i] = Range{0, 2.2F * 255};
  }
  const auto reference = OutputsOf(graph, RefsTo(samples), 1);
  const auto found =
      FindSensitivities(graph, ranges, {}, RefsTo(samples), reference, 1, 4);
  const auto of_sum = std::ranges::find_if(
      found, [&](const Sensitivity& one) { return graph[one.value].name == "s"; });
  ASSERT_NE(of_sum, found.end());
  EXPECT_NEAR(of_sum->errors[0].squared, 0.25 * 0.25 / 2, 1e-6);
}

// The logarithm of what was rounded to zero, there or before, is where its INT8 range
// ends, at -3.
TEST(FindSensitivities, CutInfiniteResults) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst k : float32[2] = 1 1\n"
      "y : float32[1x2] = mul(x, k)\nz : float32[1x2] = log(y)\n"
      "out output_0 = z\n");
  std::vector<Sample> samples = {
      {Tensor::Of<float>({1, 2}, std::vector<float>{0.3F, 1})}};
  const Ranges ranges = {Range{0, 255}, std::nullopt, Range{0, 255}, Range{-3, 0}};
  const auto reference = OutputsOf(graph, RefsTo(samples), 1);
  const auto found = FindSensitivities(graph, ranges, {}, RefsTo(samples), reference, 1);
  ASSERT_EQ(found.size(), 3);
  const double error = 3 + std::log(0.3);
  EXPECT_NEAR(found[0].errors[0].squared, error * error / 2, 1e-5);
  EXPECT_NEAR(found[1].errors[0].squared, error * error / 2, 1e-5);
}

TEST(FindSensitivities, LeavesOutSumsWithConstantsOnTheSameSteps) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst k : float32[2] = -1 -2\n"
      "r : float32[1x2] = add(x, k) activation=relu\n"
      "s : float32[1x2] = add(x, k) activation=relu\n"
      "out output_0 = r\nout output_1 = s\n");
  std::vector<Sample> samples = {
      {Tensor::Of<float>({1, 2}, std::vector<float>{0.3F, 1})}};
  const Ranges ranges = {Range{0, 255}, std::nullopt, Range{0, 255}, Range{0, 200}};
  const auto reference = OutputsOf(graph, RefsTo(samples), 1);
  const auto found = FindSensitivities(graph, ranges, {}, RefsTo(samples), reference, 1);
  ASSERT_EQ(found.size(), 2);  // x and s; r is x in whole steps further down
  EXPECT_EQ(graph[found[1].value].name, "s");
}

TEST(CanMeasureEach, IsNotForThousandsOfOperations) {
  Graph graph = Parse("in x = x : float32[1x2]\ny : float32[1x2] = exp(x)\nout y = y\n");
  EXPECT_TRUE(CanMeasureEach(graph));
  graph.nodes.resize(3000, graph.nodes.front());
  EXPECT_FALSE(CanMeasureEach(graph));
}

}  // namespace
}  // namespace kinglet
