// Graphs are compared as text.
#include <gtest/gtest.h>

#include "ir/text.h"
#include "ops/op_def.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

/// Every computed value and the input reach from -2 to `highest`.
QuantizedGraph Quantized(const std::string& text, float highest) {
  const Graph graph = Parse(text);
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (graph.values[i].constant == nullptr) ranges[i] = Range{-2, highest};
  }
  QuantizedGraph quantized = QuantizeInt16x8(graph, ranges, false);
  EXPECT_EQ(StructureProblem(quantized.graph), std::nullopt);
  return quantized;
}

// The larger end decides, 32767 steps of 2^-8. A bias of 40 million would be beyond 32
// bits.
TEST(QuantizeInt16x8, GivesActivations16AndBiases64Bits) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\n"
      "const w : float32[2x2] = 1 -127 0.5 0\nconst b : float32[2] = 4e7 -1\n"
      "y : float32[1x2] = fully_connected(x, w, b)\nout output_0 = y\n",
      32767.0F / 256);
  EXPECT_EQ(
      Print(quantized.graph),
      Print(Parse("in input = x : float32[1x2]\n"
                  "const w : int8[2x2] q{1/0 0.003937008/0 axis=0} = 1 -127 127 0\n"
                  "const b : int64[2] q{0.00390625/0 1.5378937e-05/0 axis=0} = "
                  "10240000000 -65024\n"
                  "\"x/int16\" : int16[1x2] q{0.00390625/0} = quantize(x)"
                  " dtype=int16\n"
                  "y : int16[1x2] q{0.00390625/0} = fully_connected(\"x/int16\", w, b)\n"
                  "output_0 : float32[1x2] = dequantize(y)\n"
                  "out output_0 = output_0\n")));
}

TEST(QuantizeInt16x8, GivesFixedResultsTheFull16Bits) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\n"
      "y : float32[1x2] = logistic(x)\nout output_0 = y\n",
      1);
  const Graph& graph = quantized.graph;
  EXPECT_EQ(graph[graph.nodes.at(1).outputs[0]].quantization,
            (Quantization{{1.0F / 32768}, {0}, 0}));
}

TEST(QuantizeInt16x8, LeavesWhatTheRuntimesHaveNotInFloat) {
  for (const char* op : {"hard_swish(x)", "relu(x) kind=relu_n1_to_1"}) {
    const auto quantized =
        Quantized(std::string("in input = x : float32[1x2]\ny : float32[1x2] = ") + op +
                      "\nz : float32[1x2] = abs(y)\nout output_0 = z\n",
                  1);
    EXPECT_EQ(quantized.float_operators.size(), 1U) << op;
    EXPECT_EQ(quantized.graph.nodes.size(), 4U) << op;
  }
}

}  // namespace
}  // namespace kinglet
