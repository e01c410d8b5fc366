#include "tune/sensitivity.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace kinglet
