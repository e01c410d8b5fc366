#include <gtest/gtest.h>

#include "ir/text.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

std::size_t NodesAfter(const std::string& clamp, const std::string& bound,
                       const std::string& scale) {
  const std::string text =
      "in input = x : int8[1x2] q{0.5/0}\n"
      "const t : int8[1] q{0.5/0} = " +
      bound +
      "\n"
      "y : int8[1x2] q{" +
      scale + "/0} = " + clamp +
      "(x, t)\n"
      "z : float32[1x2] = dequantize(y)\nout output_0 = z\n";
  return DropIdleClamps(Parse(text)).nodes.size();
}

TEST(DropIdleClamps, DropsTheClampsThatTheIntegerRangeMakesItself) {
  EXPECT_EQ(NodesAfter("minimum", "127", "0.5"), 1);
  EXPECT_EQ(NodesAfter("maximum", "-128", "0.5"), 1);
}

TEST(DropIdleClamps, KeepsThoseThatCutOrRescale) {
  EXPECT_EQ(NodesAfter("minimum", "126", "0.5"), 2);
  EXPECT_EQ(NodesAfter("maximum", "127", "0.5"), 2);
  EXPECT_EQ(NodesAfter("minimum", "127", "0.25"), 2);
}

}  // namespace
}  // namespace kinglet
