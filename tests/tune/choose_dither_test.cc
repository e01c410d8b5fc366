#include "tune/choose_dither.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/text.h"

namespace kinglet {
namespace {

std::string Ones(int count) {
  std::string ones;
  for (int i = 0; i < count; ++i) ones += " 1";
  return ones + "\n";
}

/// a and b cost 64 multiply-accumulates each, c 32, d 8; b goes through tanh.
Graph Chain() {
  return Parse(
      "in input = x : int8[1x8] q{0.1/0}\n"
      "const wa : int8[8x8] q{0.01/0} =" +
      Ones(64) +
      "a : int8[1x8] q{0.1/0} = fully_connected(x, wa)\n"
      "const wb : int8[8x8] q{0.01/0} =" +
      Ones(64) +
      "b : int8[1x8] q{0.1/0} = fully_connected(a, wb)\n"
      "t : int8[1x8] q{0.0078125/0} = tanh(b)\n"
      "const wc : int8[4x8] q{0.01/0} =" +
      Ones(32) +
      "c : int8[1x4] q{0.1/0} = fully_connected(t, wc)\n"
      "const wd : int8[2x4] q{0.01/0} =" +
      Ones(8) +
      "d : int8[1x2] q{0.1/0} = fully_connected(c, wd)\n"
      "y : float32[1x2] = dequantize(d)\nout output_0 = y\n");
}

constexpr std::int64_t kMacs = 168;

TEST(MacsWithCopies, CountWhatIsComputedAndReadMoreOften) {
  const Graph graph = Chain();
  EXPECT_EQ(MacsWithCopies(graph, {}), kMacs);
  EXPECT_EQ(MacsWithCopies(graph, {{"d", 4}}), kMacs + 3 * 8);
  EXPECT_EQ(MacsWithCopies(graph, {{"a", 2}}), kMacs + 64 + 64);
  EXPECT_EQ(MacsWithCopies(graph, {{"a", 2}, {"b", 2}, {"t", 2}}), kMacs + 64 + 64 + 32);
}

TEST(ChooseCopies, TakesWhatGainsMostForItsCost) {
  const Graph graph = Chain();
  const LossesByName losses = {{"a", 1}, {"b", 3}, {"t", 2}, {"c", 1}, {"d", 1}};
  const auto choose = [&](std::int64_t extra) {
    return ChooseCopies(graph, losses, {.macs = kMacs + extra});
  };
  EXPECT_EQ(choose(7), Copies());
  EXPECT_EQ(choose(8), (Copies{{"d", 2}}));
  EXPECT_EQ(choose(24), (Copies{{"d", 4}}));
  EXPECT_EQ(choose(10000), (Copies{{"a", 4}, {"b", 4}, {"c", 4}, {"d", 4}, {"t", 4}}));
  for (const std::int64_t extra : {50, 100, 150, 200, 300}) {
    const Copies copies = choose(extra);
    EXPECT_LE(MacsWithCopies(graph, copies), kMacs + extra);
    EXPECT_EQ(copies.contains("b"), copies.contains("t")) << extra;
  }
}

TEST(ChooseCopies, LeavesOutputsWhereTheyMustBe) {
  const Copies copies = ChooseCopies(Chain(), {{"c", 1}, {"d", 5}},
                                     {.macs = 10 * kMacs, .of_outputs = false});
  EXPECT_EQ(copies, (Copies{{"c", 4}}));
}

TEST(ChooseCopies, PassesOverWhatCostsNothing) {
  EXPECT_EQ(ChooseCopies(Chain(), {{"a", 1000}, {"d", 0.1}}, {.macs = kMacs + 60}),
            Copies());
}

}  // namespace
}  // namespace kinglet
