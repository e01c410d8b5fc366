#include "tune/sensitivity.h"

#include <gtest/gtest.h>

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

// Steps of one in four parts: 0.3 becomes 0.25.
TEST(FindSensitivities, RoundsToPartsOfAStep) {
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

}  // namespace
}  // namespace kinglet
