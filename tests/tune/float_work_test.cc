#include "tune/float_work.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

/// A layer of `inputs` multiply-accumulates for each of `outputs` results, then a
/// logistic function in INT8 or in float.
Graph LayerAndLogistic(int inputs, int outputs, bool in_float) {
  const std::string ends = in_float
                               ? "f : float32[1x{1}] = dequantize(y)\n"
                                 "z : float32[1x{1}] = logistic(f)\n"
                               : "l : int8[1x{1}] q{{0.00390625/-128}} = logistic(y)\n"
                                 "z : float32[1x{1}] = dequantize(l)\n";
  return Parse(
      fmt::format(fmt::runtime("in input = x : int8[1x{0}] q{{0.1/0}}\n"
                               "in weights = w : int8[{1}x{0}] q{{0.1/0}}\n"
                               "y : int8[1x{1}] q{{0.1/0}} = fully_connected(x, w)\n" +
                               ends + "out output_0 = z\n"),
                  inputs, outputs));
}

bool IsCheap(int inputs, int outputs) {
  return IsCheapInFloat(LayerAndLogistic(inputs, outputs, false),
                        LayerAndLogistic(inputs, outputs, true));
}

TEST(IsCheapInFloat, AllowsSomeThousandElements) {
  EXPECT_TRUE(IsCheap(1, 4096));
  EXPECT_FALSE(IsCheap(1, 4097));
}

TEST(IsCheapInFloat, AllowsAnElementForAHundredMultiplyAccumulates) {
  EXPECT_TRUE(IsCheap(100, 4097));
  EXPECT_FALSE(IsCheap(99, 4097));
}

TEST(IsCheapInFloat, CountsWhatIsAdded) {
  const Graph graph = LayerAndLogistic(1, 5000, true);
  EXPECT_TRUE(IsCheapInFloat(graph, graph));
}

}  // namespace
}  // namespace kinglet
