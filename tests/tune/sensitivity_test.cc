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

// Each minimum reads x in steps of its own result's range, in which all samples are
// whole; in those of x, half of one is lost.
TEST(FindSensitivities, RoundsAPinnedInputAsEachReaderWantsIt) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst t : float32[1] = 2\n"
      "m : float32[1x2] = minimum(x, t)\nn : float32[1x2] = minimum(t, x)\n"
      "y : float32[1x2] = mul(m, n)\n"
      "out output_0 = y\n");
  const std::vector<Sample> samples = {
      {Tensor::Of<float>({1, 2}, std::vector<float>{0.5F, 1})}};
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const std::string& name = graph.values[i].name;
    if (name != "t") ranges[i] = Range{0, name == "x" ? 255 : 127.5F};
  }
  const auto reference = OutputsOf(graph, RefsTo(samples), 1);
  const auto error = [&](const std::set<ValueId>& pinned) {
    return FindSensitivities(graph, ranges, {.pinned = pinned}, RefsTo(samples),
                             reference, 1)
        .at(0)
        .errors[0]
        .squared;
  };
  EXPECT_EQ(error({graph.inputs[0].value}), 0);
  EXPECT_GT(error({}), 0);
}

}  // namespace
}  // namespace kinglet
