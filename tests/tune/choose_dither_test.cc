#include "tune/choose_dither.h"

#include <gtest/gtest.h>

#include <map>
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

/// As they are where numbers are many steps large.
LossesByName Losses(const std::map<std::string, double>& once) {
  LossesByName losses;
  for (const auto& [name, loss] : once) losses[name] = {loss, loss / 16};
  return losses;
}

TEST(ChooseCopies, TakesWhatGainsMostForItsCost) {
  const Graph graph = Chain();
  const LossesByName losses = Losses({{"a", 1}, {"b", 3}, {"t", 2}, {"c", 1}, {"d", 1}});
  const auto choose = [&](std::int64_t extra) {
    return ChooseCopies(graph, losses, {.macs = kMacs + extra}).copies;
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
  const Copies copies = ChooseCopies(Chain(), Losses({{"c", 1}, {"d", 5}}),
                                     {.macs = 10 * kMacs, .of_outputs = false})
                            .copies;
  EXPECT_EQ(copies, (Copies{{"c", 4}}));
}

TEST(ChooseCopies, PassesOverWhatCostsNothing) {
  EXPECT_EQ(ChooseCopies(Chain(), Losses({{"a", 1000}, {"d", 0.1}}), {.macs = kMacs + 60})
                .copies,
            Copies());
}

// Numbers below an eighth of a step are as lost with four copies.
TEST(ChooseCopies, PassesOverWhatSmallerStepsDoNotHelp) {
  const LossesByName losses = {{"c", {5, 5}}, {"d", {1, 1.0 / 16}}};
  const ChosenCopies chosen = ChooseCopies(Chain(), losses, {.macs = 10 * kMacs});
  EXPECT_EQ(chosen.copies, (Copies{{"d", 4}}));
  EXPECT_EQ(chosen.left, 5 + 1.0 / 16);
}

// Of a sum's rounding, the loss in parts was measured with copies of both operands: where
// only one has them, half of the offsets lack.
TEST(ChooseCopies, CountsOnlyOffsetsOfCopiesThatThereAre) {
  const Graph graph = Parse(
      "in input = x : int8[1x8] q{0.1/0}\n"
      "const wa : int8[8x8] q{0.01/0} =" +
      Ones(64) +
      "a : int8[1x8] q{0.1/0} = fully_connected(x, wa)\n"
      "p : int8[1x8] q{0.1/0} = tanh(x)\n"
      "b : int8[1x8] q{0.1/0} = fully_connected(p, wa)\n"
      "s : int8[1x8] q{0.3/0} = add(a, b)\n"
      "const wc : int8[4x8] q{0.01/0} =" +
      Ones(32) +
      "c : int8[1x4] q{0.1/0} = fully_connected(s, wc)\n"
      "y : float32[1x4] = dequantize(c)\nout output_0 = y\n");
  const auto choose = [&](std::int64_t macs) {
    return ChooseCopies(graph, Losses({{"s", 16}}), {.macs = macs, .of_outputs = false});
  };
  constexpr std::int64_t kOnce = 64 + 64 + 32;
  const ChosenCopies one = choose(kOnce + 64 + 32);
  EXPECT_EQ(one.copies, (Copies{{"a", 2}, {"s", 2}}));
  EXPECT_EQ(one.left, 0.25 * 16 + 0.25 * 4);
  const ChosenCopies both = choose(kOnce + 64 + 64 + 32);
  EXPECT_EQ(both.copies, (Copies{{"a", 2}, {"b", 2}, {"s", 2}}));
  EXPECT_EQ(both.left, 4);
}

TEST(ChooseCopies, PassesOverSumsThatCopiesDoNotHelp) {
  const Graph graph = Parse(
      "in input = x : int8[1x8] q{0.1/0}\nin other = o : int8[1x8] q{0.1/0}\n"
      "const wa : int8[8x8] q{0.01/0} =" +
      Ones(64) +
      "a : int8[1x8] q{0.00001/0} = fully_connected(x, wa)\n"
      "s : int8[1x8] q{0.1/0} = add(a, o)\n"
      "const wb : int8[4x8] q{0.01/0} =" +
      Ones(32) +
      "b : int8[1x4] q{0.1/0} = fully_connected(s, wb)\n"
      "y : float32[1x4] = dequantize(b)\nout output_0 = y\n");
  const auto choose = [&](double in_parts) {
    return ChooseCopies(graph, {{"a", {0.001, 0.0001}}, {"s", {1, in_parts}}},
                        {.macs = 1000, .of_outputs = false})
        .copies;
  };
  EXPECT_EQ(choose(0.1), (Copies{{"a", 4}, {"s", 4}}));
  EXPECT_EQ(choose(1), Copies());
}

}  // namespace
}  // namespace kinglet
