#include "pipeline/outside_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

std::vector<std::string> Limited(const std::string& rest,
                                 const std::map<std::string, Range>& calibrated) {
  const Graph graph = Parse("in input = x : float32[1x2]\n" + rest);
  std::vector<std::string> names;
  const ValueLimits limits = LimitsOfFile(graph, graph, calibrated);
  for (std::size_t i = 0; i < limits.size(); ++i) {
    if (limits[i].has_value()) names.push_back(graph.values[i].name);
  }
  return names;
}

TEST(LimitsOfFile, AreLeftOutWhereTheRangeIsNotThatOfTheNumbers) {
  const Range one = {0, 1};
  const std::map<std::string, Range> all = {
      {"x", one}, {"a", one}, {"b", one}, {"c", one}, {"d", one}};
  EXPECT_THAT(Limited("a : float32[1x2] = logistic(x)\n"
                      "b : float32[2] = reshape(a) shape=[2]\n"
                      "c : float32[2] = mul(b, b)\nout o = c\n",
                      all),
              ElementsAre("x", "c"));
  EXPECT_THAT(Limited("a : float32[1x2] = neg(x)\n"
                      "b : float32[2] = reshape(a) shape=[2]\n"
                      "c : float32[2] = minimum(b, b)\n"
                      "d : float32[2] = neg(c)\nout o = d\n",
                      all),
              ElementsAre("x", "d"));
}

TEST(LimitsOfFile, AreTheWiderOfFileAndCalibration) {
  const Graph graph =
      Parse("in input = x : float32[1x2]\na : float32[1x2] = neg(x)\nout o = a\n");
  const Graph written = Parse(
      "in input = x : float32[1x2]\nq : int8[1x2] q{1/0} = quantize(x) dtype=int8\n"
      "a : float32[1x2] = dequantize(q)\nout o = a\n");
  const ValueLimits limits =
      LimitsOfFile(graph, written, {{"x", {-9, 300}}, {"a", {1, 2}}});
  EXPECT_THAT(limits[0], Optional(Pair(-128.5F, 300)));
  EXPECT_THAT(limits[1], Optional(Pair(0, 2)));
}

TEST(WatchOutputs, CountsOnTheWayToTheOutputs) {
  const Graph graph =
      Parse("in input = x : float32[1x2]\na : float32[1x2] = abs(x)\nout o = a\n");
  const std::vector<float> values = {-1, 3};
  const std::vector<Sample> samples = {
      {Tensor::Of<float>({1, 2}, std::span<const float>(values))}};
  const WatchedOutputs watched =
      WatchOutputs(graph, {std::nullopt, {{0, 2}}}, samples, {"s"}, 1);
  EXPECT_THAT(watched.outputs, ElementsAre(ElementsAre(1, 3)));
  EXPECT_THAT(watched.outside.samples, ElementsAre(0.5));
}

}  // namespace
}  // namespace kinglet
