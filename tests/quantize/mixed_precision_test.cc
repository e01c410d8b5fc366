// Operations of several precisions in one graph. Every value reaches from 0 to 255 / 256,
// but for the dense layer's result y.
#include <gtest/gtest.h>

#include <string>

#include "ir/text.h"
#include "quantize/quantize.h"
#include "tests/support/operations.h"

namespace kinglet {
namespace {

using enum Precision;

constexpr Range kToOne = {0, 255.0F / 256};
constexpr Range kToEight = {0, 255.0F / 32};

constexpr const char* kChain =
    "in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n"
    "const w : float32[2x2] = 1 -127 0.5 0\nconst b : float32[2] = 1 -1\n"
    "y : float32[1x2] = fully_connected(a, w, b)\n"
    "c : float32[1x2] = logistic(y)\nout output_0 = c\n";

/// The graph's nodes in these precisions.
QuantizedGraph Mixed(const std::string& text, const Precisions& precisions) {
  const Graph graph = Parse(text);
  Ranges ranges(graph.values.size());
  Ranges wide(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (graph.values[i].constant != nullptr) continue;
    const bool is_y = graph.values[i].name == "y";
    ranges[i] = is_y ? kToEight : kToOne;
    wide[i] = is_y ? Range{-8, 8} : kToOne;
  }
  QuantizedGraph quantized =
      QuantizeInt8(graph, ranges, {.precisions = precisions, .wide_ranges = wide});
  EXPECT_EQ(StructureProblem(quantized.graph), std::nullopt);
  return quantized;
}

TEST(MixedPrecision, ConvertsWhereOperationsOfTwoPrecisionsMeet) {
  const struct {
    Precisions precisions;
    const char* operations;
  } cases[] = {
      {{kInt8, kInt16, kInt8},
       "quantize tanh quantize fully_connected quantize logistic dequantize"},
      {{kInt8, kInt16, kInt16},
       "quantize tanh quantize fully_connected logistic dequantize"},
      {{kInt16, kInt8, kInt8},
       "quantize tanh quantize fully_connected logistic dequantize"},
      {{kInt8, kFloat, kInt8},
       "quantize tanh dequantize fully_connected quantize logistic dequantize"},
      {{kFloat, kInt16, kFloat}, "tanh quantize fully_connected dequantize logistic"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Operations(Mixed(kChain, one.precisions).graph), one.operations);
  }
}

// Between tanh in INT8 and logistic in INT8 the dense layer reads and makes INT16. Its
// result is rounded to INT8 from there, with the range that INT8 has.
TEST(MixedPrecision, GivesEachPrecisionItsOwnScales) {
  const Graph graph = Mixed(kChain, {kInt8, kInt16, kInt8}).graph;
  const Value& wide_input = Input(graph, 3, 0);
  EXPECT_EQ(wide_input.dtype, DType::kInt16);
  EXPECT_EQ(wide_input.quantization->scales, std::vector<float>{kToOne.max / 32767});
  EXPECT_EQ(Input(graph, 2, 0).quantization->scales, std::vector<float>{1 / 128.0F});
  EXPECT_EQ(Input(graph, 3, 2).dtype, DType::kInt64);
  const Value& wide = Input(graph, 4, 0);
  EXPECT_EQ(wide.dtype, DType::kInt16);
  EXPECT_EQ(wide.quantization->scales, std::vector<float>{8.0F / 32767});
  EXPECT_EQ(Input(graph, 5, 0).dtype, DType::kInt8);
  EXPECT_EQ(Input(graph, 5, 0).quantization->scales, std::vector<float>{1 / 32.0F});
}

TEST(MixedPrecision, ConvertsFromWhatTheProducerMade) {
  const Graph graph = Mixed(
                          "in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n"
                          "f : float32[1x2] = abs(a)\nn : float32[1x2] = logistic(a)\n"
                          "out output_0 = f\nout output_1 = n\n",
                          {kInt16, kFloat, kInt8})
                          .graph;
  EXPECT_EQ(Operations(graph),
            "quantize tanh dequantize abs quantize logistic dequantize");
  EXPECT_EQ(Input(graph, 4, 0).dtype, DType::kInt16);
}

TEST(MixedPrecision, NamesWhatIsToStayInFloat) {
  EXPECT_EQ(Mixed(kChain, {kInt8, kFloat, kInt8}).float_operators,
            std::vector<std::string>{"y (fully_connected)"});
}

}  // namespace
}  // namespace kinglet
