#include "tune/headroom.h"

#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

TEST(WithHeadroom, WidensWhatNoClampEnds) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
      "const b : float32[2] = 1 1\n"
      "y : float32[1x2] = fully_connected(x, w, b) activation=relu6\n"
      "z : float32[1x2] = add(y, x)\n"
      "c : float32[1x2] = add(y, x) activation=relu_n1_to_1\n"
      "out output_0 = z\nout output_1 = c\n");
  const Ranges wide = WithHeadroom(
      graph, {Range{-2, 4}, {}, {}, Range{0, 5}, Range{-1, 3}, Range{-1, 1}});
  EXPECT_EQ(wide[0], (Range{-2 * 1.1F, 4 * 1.1F}));
  EXPECT_EQ(wide[1], std::nullopt);
  EXPECT_EQ(wide[3], (Range{0, 5}));
  EXPECT_EQ(wide[4], (Range{-1.1F, 3 * 1.1F}));
  EXPECT_EQ(wide[5], (Range{-1, 1}));
}

}  // namespace
}  // namespace kinglet
