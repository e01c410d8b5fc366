#include "calibrate/ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <map>

#include "calibrate/gather.h"
#include "ir/text.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// y = relu(x + w), z is int8.
const Graph& Example() {
  static const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst w : float32[2] = 10 -10\n"
      "y : float32[1x2] = add(x, w) activation=relu\n"
      "q : int8[1x2] q{1/0} = quantize(y)\nout output_0 = y\nout output_1 = q\n");
  return graph;
}

std::optional<Range> RangeOf(const RangeCollector& collected, const std::string& name) {
  const auto& values = Example().values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].name == name) return collected.ranges()[i];
  }
  return std::nullopt;
}

RangeCollector Seen(const std::vector<std::vector<float>>& tensors) {
  RangeCollector collector(Example());
  for (const auto& tensor : tensors) {
    collector.See(Example().inputs[0].value, std::as_bytes(std::span(tensor)));
  }
  return collector;
}

TEST(RangeCollector, HoldsTheExtremesOfAllTensors) {
  const RangeCollector collected = Seen({{1, 2}, {-3, 0}, {0, 1}});
  EXPECT_EQ(RangeOf(collected, "x"), (Range{-3, 2}));
  EXPECT_EQ(RangeOf(collected, "y"), std::nullopt);
  EXPECT_THAT(collected.ValuesNotFinite(), IsEmpty());
}

TEST(RangeCollector, LeavesNanOutAndRemembersIt) {
  const RangeCollector collected = Seen({{1, kNan}, {kNan, kNan}});
  EXPECT_EQ(RangeOf(collected, "x"), (Range{1, 1}));
  EXPECT_THAT(collected.ValuesNotFinite(), ElementsAre("x"));
  EXPECT_EQ(RangeOf(Seen({{kNan}}), "x"), std::nullopt);
}

TEST(RangeCollector, LeavesTensorsWithInfinityOutAndRemembersThem) {
  const RangeCollector collected = Seen({{1, 2}, {5, kInfinity}, {-kInfinity, 0}});
  EXPECT_EQ(RangeOf(collected, "x"), (Range{1, 2}));
  EXPECT_THAT(collected.ValuesNotFinite(), ElementsAre("x"));
}

TEST(RangeCollector, MergesWhatEachSaw) {
  RangeCollector a = Seen({{1, 2}});
  a.Merge(Seen({{-1, 1}, {kNan}}));
  EXPECT_EQ(RangeOf(a, "x"), (Range{-1, 2}));
  EXPECT_THAT(a.ValuesNotFinite(), ElementsAre("x"));
  RangeCollector nothing(Example());
  nothing.Merge(a);
  EXPECT_EQ(nothing.ranges(), a.ranges());
  nothing.Merge(RangeCollector(Example()));
  EXPECT_EQ(nothing.ranges(), a.ranges());
}

TEST(Union, HoldsBoth) { EXPECT_EQ(Union({-1, 1}, {0, 3}), (Range{-1, 3})); }

std::vector<std::vector<Tensor>> Samples(int count) {
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < count; ++i) {
    const float values[] = {static_cast<float>(i), static_cast<float>(-i * i)};
    samples.push_back({Tensor::Of<float>({1, 2}, std::span(values))});
  }
  return samples;
}

// x is 0..6 and -36..0; y = relu of 10..16 and -46..-10.
TEST(GatherFrom, SeesInputsAndClampedResultsOfEverySample) {
  Graph graph = Example();
  graph.nodes.pop_back();  // integers are tested below
  graph.outputs.pop_back();
  const RangeCollector collected =
      GatherFrom<RangeCollector>(Executor(graph), Samples(7), 1);
  EXPECT_EQ(RangeOf(collected, "x"), (Range{-36, 6}));
  EXPECT_EQ(RangeOf(collected, "y"), (Range{0, 16}));
  EXPECT_EQ(RangeOf(collected, "w"), std::nullopt);
}

TEST(RangeCollector, LeavesIntegersOut) {
  RangeCollector collector(Example());
  const std::int8_t bytes[] = {1, 2, 3, 4};
  collector.See(Example().outputs[1].value, std::as_bytes(std::span(bytes)));
  EXPECT_EQ(RangeOf(collector, "q"), std::nullopt);
}

TEST(GatherFrom, GivesTheSameForAnyNumberOfWorkers) {
  Graph graph = Example();
  graph.nodes.pop_back();
  graph.outputs.pop_back();
  const Executor executor(graph);
  const auto samples = Samples(50);
  std::atomic<int> told = 0;
  const auto alone =
      GatherFrom<RangeCollector>(executor, samples, 1, [&told] { ++told; });
  EXPECT_EQ(told, 50);
  for (const std::size_t workers : {2U, 3U, 60U}) {
    EXPECT_EQ(GatherFrom<RangeCollector>(executor, samples, workers).ranges(),
              alone.ranges());
  }
}

}  // namespace
}  // namespace kinglet
