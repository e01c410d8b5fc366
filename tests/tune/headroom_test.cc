#include "tune/headroom.h"

#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

/// Sees four samples, the outermost of which lies `step` beyond the next at both ends.
void SeeFour(StatisticsCollector& statistics, ValueId id, Range range, float step) {
  for (int i = 0; i < 4; ++i) {
    const float inwards = i == 0 ? 0 : step;
    const std::array<float, 2> numbers = {range.min + inwards, range.max - inwards};
    statistics.See(id, std::as_bytes(std::span(numbers)));
  }
}

TEST(WithHeadroom, MovesEndsThatNeitherZeroNorAClampFixes) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
      "const b : float32[2] = 1 1\n"
      "y : float32[1x2] = fully_connected(x, w, b) activation=relu6\n"
      "z : float32[1x2] = add(y, x)\n"
      "c : float32[1x2] = add(y, x) activation=relu_n1_to_1\n"
      "out output_0 = z\nout output_1 = c\n");
  StatisticsCollector statistics(graph);
  const auto see = [&](int value, Range range, float step) {
    SeeFour(statistics, static_cast<ValueId>(value), range, step);
  };
  see(0, {-2, 4}, 0.5F);
  see(3, {0, 5.75F}, 0.5F);
  see(4, {1, 3}, 1);
  see(5, {-0.75F, 0.5F}, 0.5F);
  const Ranges wide = WithHeadroom(graph, statistics.ranges(), statistics);
  EXPECT_EQ(wide[0], (Range{-2.5F, 4.5F}));  // as far as it lies beyond the others
  EXPECT_EQ(wide[1], std::nullopt);
  EXPECT_EQ(wide[3], (Range{0, 6}));
  EXPECT_EQ(wide[4], (Range{1, 4}));
  EXPECT_EQ(wide[5], (Range{-1, 1}));
}

}  // namespace
}  // namespace kinglet
