// Which operations are raised, told by a chain whose tensors' costs are set by their
// ranges: all numbers lie in 0..1, and a range of 0..R rounds them in steps of R / 255.
#include "tune/mix_precisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "ir/text.h"
#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using enum Precision;

// x, a and y are rounded on their own; r and p are copies of a.
constexpr const char* kChain =
    "in input = x : float32[1x4]\nconst k : float32[4] = 0.5 0.25 0.75 1\n"
    "a : float32[1x4] = mul(x, k)\nr : float32[2x2] = reshape(a) shape=[2,2]\n"
    "p : float32[1x4] = reshape(r) shape=[1,4]\n"
    "y : float32[1x4] = mul(p, k)\nz : float32[1x4] = abs(y)\nout output_0 = z\n";

using RangesByName = std::map<std::string, float>;

Mix Mixed(const std::string& text, const RangesByName& highest,
          const MixedPrecision& wanted) {
  const Graph graph = Parse(text);
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto found = highest.find(graph.values[i].name);
    if (graph.values[i].constant != nullptr) continue;
    ranges[i] = Range{0, found == highest.end() ? 1 : found->second};
  }
  const auto samples = RandomSamples(graph, 5, 3, 0, 1);
  const SampleRefs refs = RefsTo(samples);
  return MixPrecisions(graph, ranges, {}, wanted, refs, OutputsOf(graph, refs, 1), 1);
}

TEST(MixPrecisions, RaisesWhatMakesAndWhatReadsTheCostliestResult) {
  const struct {
    RangesByName highest;
    Precisions precisions;  // mul, reshape, reshape, mul, abs
  } cases[] = {
      {{{"x", 99}}, {kFloat, kInt8, kInt8, kInt8, kInt8}},
      {{{"a", 99}, {"r", 99}, {"p", 99}}, {kFloat, kFloat, kFloat, kFloat, kInt8}},
      {{{"y", 99}}, {kInt8, kInt8, kInt8, kFloat, kFloat}},
      {{{"z", 99}}, {kInt8, kInt8, kInt8, kInt8, kFloat}},
  };
  for (const auto& one : cases) {
    const Mix mix = Mixed(kChain, one.highest, {.float32 = 1});
    EXPECT_EQ(mix.precisions, one.precisions) << one.highest.begin()->first;
  }
}

TEST(MixPrecisions, RaisesMoreResultsInOrderOfTheirCost) {
  const RangesByName highest = {{"x", 50}, {"y", 99}};
  const auto raised = [&](std::int64_t count) {
    return Mixed(kChain, highest, {.int16 = count}).precisions;
  };
  EXPECT_EQ(raised(1), (Precisions{kInt8, kInt8, kInt8, kInt16, kInt16}));
  EXPECT_EQ(raised(2), (Precisions{kInt16, kInt8, kInt8, kInt16, kInt16}));
  EXPECT_EQ(raised(99), Precisions(5, kInt16));
}

TEST(MixPrecisions, TakesTheNextWhereAnOperationHasNoInt16Form) {
  const std::string text =
      "in input = x : float32[1x4]\nh : float32[1x4] = hard_swish(x)\n"
      "y : float32[1x4] = abs(h)\nz : float32[1x4] = tanh(y)\nout output_0 = z\n";
  const Mix wide = Mixed(text, {{"h", 99}, {"y", 50}}, {.int16 = 1});
  EXPECT_EQ(wide.precisions, (Precisions{kInt8, kInt16, kInt16}));
  EXPECT_THAT(wide.layers, ElementsAre("y (abs)", "z (tanh)"));
  EXPECT_THAT(wide.warnings, ElementsAre(HasSubstr("'h' stays INT8: h (hard_swish)")));
  const Mix floats = Mixed(text, {{"h", 99}, {"y", 50}}, {.float32 = 1});
  EXPECT_EQ(floats.precisions, (Precisions{kFloat, kFloat, kInt8}));
  EXPECT_TRUE(floats.warnings.empty());
}

// INT8 has a logarithm for each multiple of 1.5 / 255, which is what the samples hold.
// INT16 has a line between those of 1 / 256 and 2 / 256.
TEST(MixPrecisions, TakesTheNextWhereInt16ErrsNoLess) {
  const Graph graph =
      Parse("in input = x : float32[1x2]\nl : float32[1x2] = log(x)\nout output_0 = l\n");
  const Ranges ranges = {Range{-1, 0.5F}, Range{-5.2F, 0}};
  const std::vector<float> steps = {1.5F / 255, 2 * 1.5F / 255};
  const std::vector<Sample> samples = {{Tensor::Of<float>({1, 2}, steps)}};
  const SampleRefs refs = RefsTo(samples);
  const auto mixed = [&](const MixedPrecision& wanted) {
    return MixPrecisions(graph, ranges, {}, wanted, refs, OutputsOf(graph, refs, 1), 1);
  };
  EXPECT_THAT(mixed({.int16 = 1}).warnings,
              ElementsAre(HasSubstr("'l' stays INT8: l (log) err no less")));
  EXPECT_EQ(mixed({.int16 = 1}).precisions, Precisions{kInt8});
  EXPECT_EQ(mixed({.float32 = 1}).precisions, Precisions{kFloat});
}

TEST(MixPrecisions, ListsWhatEachTensorCostsAndWhatItIs) {
  const Mix mix = Mixed(kChain, {{"x", 50}, {"y", 99}}, {.int16 = 1});
  ASSERT_EQ(mix.rounding.size(), 4U);  // no copies
  EXPECT_EQ(mix.rounding[0].tensor, "y");
  EXPECT_EQ(mix.rounding[0].dtype, DType::kInt16);
  EXPECT_EQ(mix.rounding[1].tensor, "x");
  EXPECT_EQ(mix.rounding[1].dtype, DType::kInt8);
  EXPECT_GT(mix.rounding[0].share, mix.rounding[1].share);
  double sum = 0;
  for (const RoundingRecord& one : mix.rounding) sum += one.share;
  EXPECT_NEAR(sum, 1, 1e-9);
}

TEST(MixPrecisions, LeavesAllInInt8UnlessAsked) {
  const Mix mix = Mixed(kChain, {}, {});
  EXPECT_TRUE(mix.precisions.empty());
  EXPECT_TRUE(mix.layers.empty());
  EXPECT_EQ(mix.rounding.size(), 4U);
}

TEST(SharesOfError, WeighsSquaredAndRelativeErrorsAlike) {
  const std::vector<Sensitivity> found = {
      {ValueId{1}, {{.squared = 3, .relative = 1}, {.squared = 3, .relative = 0}}},
      {ValueId{4}, {{.squared = 1, .relative = 1}, {.squared = 1, .relative = 2}}}};
  const auto shares = SharesOfError(found);
  EXPECT_DOUBLE_EQ(shares.at(ValueId{1}), (6.0 / 8 + 1.0 / 4) / 2);
  EXPECT_DOUBLE_EQ(shares.at(ValueId{4}), (2.0 / 8 + 3.0 / 4) / 2);
}

TEST(PlacesToMeasure, TakesAtMost32Evenly) {
  EXPECT_THAT(PlacesToMeasure(3), ElementsAre(0, 1, 2));
  const auto places = PlacesToMeasure(64);
  EXPECT_EQ(places.size(), 32U);
  EXPECT_EQ(places[1], 2U);
}

}  // namespace
}  // namespace kinglet
