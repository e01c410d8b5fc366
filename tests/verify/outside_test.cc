#include "verify/outside.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

constexpr const char* kFloat =
    "in input = x : float32[1x4]\ny : float32[1x4] = tanh(x)\n"
    "z : float32[1x4] = neg(y)\nout output_0 = z\n";

TEST(LimitsOf, AreThoseOfTheIntegersOfTheSameTensor) {
  const Graph graph = Parse(kFloat);
  const Graph quantized = Parse(
      "in input = x : float32[1x4]\nq : int8[1x4] q{0.5/-128} = quantize(x) dtype=int8\n"
      "y : int8[1x4] q{0.1/0} = tanh(q)\nz : float32[1x4] = dequantize(y)\n"
      "out output_0 = z\n");
  const ValueLimits limits = LimitsOf(graph, quantized);
  EXPECT_THAT(limits[0], Optional(Pair(-0.25F, 127.75F)));
  EXPECT_THAT(limits[1], Optional(Pair(-12.85F, 12.75F)));
  EXPECT_EQ(limits[2], std::nullopt);
}

TEST(LimitsOf, AreTheWidestOfAnInputThatIsQuantizedTwice) {
  const Graph graph = Parse(kFloat);
  for (const std::string order : {"0.5/-128 1/-128", "1/-128 0.5/-128"}) {
    const std::size_t gap = order.find(' ');
    const Graph quantized =
        Parse("in input = x : float32[1x4]\nq : int8[1x4] q{" + order.substr(0, gap) +
              "} = quantize(x) dtype=int8\nr : int8[1x4] q{" + order.substr(gap + 1) +
              "} = quantize(x) dtype=int8\nz : float32[1x4] = dequantize(q)\n"
              "y : float32[1x4] = dequantize(r)\nout output_0 = z\nout output_1 = y\n");
    EXPECT_THAT(LimitsOf(graph, quantized)[0], Optional(Pair(-0.5F, 255.5F))) << order;
  }
}

TEST(OutsideCounter, CountsBySampleAndTensor) {
  const Graph graph = Parse(kFloat);
  OutsideCounter counter(graph, {{{-1, 2}}, {{0, 0}}, std::nullopt}, 3);
  const auto see = [&](std::size_t sample, ValueId id, std::vector<float> values) {
    counter.See(sample, id, std::as_bytes(std::span(values)));
  };
  see(0, static_cast<ValueId>(0), {-1, 2, 2.5F, 0});
  see(1, static_cast<ValueId>(0), {-1.5F, 3, 3, 0});
  see(2, static_cast<ValueId>(0), {0, 0, 0, 0});
  see(2, static_cast<ValueId>(1), {0, 0, 0, 1});
  see(2, static_cast<ValueId>(2), {9, 9, 9, 9});
  const auto found = counter.Found();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].tensor, "x");
  EXPECT_DOUBLE_EQ(found[0].share, 4.0 / 12);
  EXPECT_THAT(found[0].samples, ElementsAre(1, 0));
  EXPECT_EQ(found[1].tensor, "y");
  EXPECT_THAT(counter.SharesOfSamples(), ElementsAre(1.0 / 8, 3.0 / 8, 1.0 / 8));
}

}  // namespace
}  // namespace kinglet
