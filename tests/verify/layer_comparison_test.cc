#include "verify/layer_comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/op_def.h"

namespace kinglet {
namespace {

/// x -> Quantize(scale, zero point 0) "q" -> Dequantize "y", or without them "q" and "y"
/// in float.
Graph FloatChain() {
  Graph graph;
  const ValueId x = graph.AddValue({.name = "x", .shape = {1, 4}});
  graph.inputs = {{"x", x}};
  const ValueId q = AddNode(graph, Relu{.kind = Activation::kRelu}, {x}, "q");
  const ValueId y = AddNode(graph, Relu{.kind = Activation::kRelu}, {q}, "y");
  graph.outputs = {{"output_0", y}};
  return graph;
}

Graph IntegerChain(float scale) {
  Graph graph;
  const ValueId x = graph.AddValue({.name = "x", .shape = {1, 4}});
  graph.inputs = {{"x", x}};
  const ValueId q = AddNode(graph, Quantize{DType::kInt8}, {x}, "q");
  graph[q].quantization = Quantization{{scale}, {0}, 0};
  const ValueId y = AddNode(graph, Dequantize{}, {q}, "y");
  graph.outputs = {{"output_0", y}};
  return graph;
}

std::vector<std::vector<Tensor>> Samples(const std::vector<float>& values) {
  return {{Tensor::Of<float>({1, 4}, std::span<const float>(values))}};
}

TEST(CompareLayers, MeasuresTheRoundingOfEachTensor) {
  const auto layers =
      CompareLayers(FloatChain(), IntegerChain(1), Samples({1, 2.25F, 0, 4}));
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].name, "q");
  // One value is off by 0.25: 10 log10((1 + 2.25^2 + 16) / 0.25^2).
  EXPECT_NEAR(layers[0].sqnr_db, 10 * std::log10((17 + 2.25 * 2.25) / 0.0625), 1e-9);
  EXPECT_EQ(layers[0].saturated, 0);
  EXPECT_DOUBLE_EQ(layers[0].steps_used, 4.0 / 256);
  EXPECT_EQ(layers[0].min, 0);
  EXPECT_EQ(layers[0].max, 4);
  EXPECT_NEAR(layers[1].sqnr_db, layers[0].sqnr_db, 1e-9);
  EXPECT_NEAR(layers[1].drop_db, 0, 1e-9);
}

TEST(CompareLayers, CountsValuesOutsideTheRepresentableRange) {
  const auto layers =
      CompareLayers(FloatChain(), IntegerChain(1), Samples({1, 127.4F, 127.6F, 500}));
  EXPECT_DOUBLE_EQ(layers[0].saturated, 0.5);
}

/// Copies hold 1 and 2.5 by zero points 0 and 0 and scales of 1 and 2.5.
TEST(CompareLayers, TakesTheMeanOfCopiesOfAResult) {
  Graph copies;
  const ValueId x = copies.AddValue({.name = "x", .shape = {1, 1}});
  copies.inputs = {{"x", x}};
  for (const auto& [name, scale] : {std::pair("q/copy_0", 1.0F), {"q/copy_1", 2.5F}}) {
    const ValueId q = AddNode(copies, Quantize{DType::kInt8}, {x}, name);
    copies[q].quantization = Quantization{{scale}, {0}, 0};
    copies.outputs.push_back({name, q});
  }
  Graph floats;
  const ValueId input = floats.AddValue({.name = "x", .shape = {1, 1}});
  floats.inputs = {{"x", input}};
  const ValueId q = AddNode(floats, Relu{.kind = Activation::kRelu}, {input}, "q");
  floats.outputs = {{"output_0", q}};
  const std::vector<float> one = {1.4F};
  const std::vector<std::vector<Tensor>> samples = {
      {Tensor::Of<float>({1, 1}, std::span<const float>(one))}};
  const auto layers = CompareLayers(floats, copies, samples);
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers[0].name, "q");
  EXPECT_NEAR(layers[0].sqnr_db, 20 * std::log10(1.4 / (1.75 - 1.4)), 1e-5);
}

/// Channels are scaled by 2 and 4, and rounded to whole numbers.
TEST(CompareLayers, ScalesTheModelsTensorsAsEqualizationDid) {
  Graph scaled;
  const ValueId x = scaled.AddValue({.name = "x", .shape = {1, 2}});
  scaled.inputs = {{"x", x}};
  const std::vector<float> factors = {2, 4};
  const ValueId by =
      scaled.AddConstant("k", Tensor::Of<float>({2}, std::span<const float>(factors)));
  const ValueId m = AddNode(scaled, Mul{}, {x, by}, "m");
  const ValueId q = AddNode(scaled, Quantize{DType::kInt8}, {m}, "q/equalized");
  scaled[q].quantization = Quantization{{1}, {0}, 0};
  scaled.outputs = {{"output_0", q}};
  Graph floats;
  const ValueId input = floats.AddValue({.name = "x", .shape = {1, 2}});
  floats.inputs = {{"x", input}};
  floats.outputs = {
      {"output_0", AddNode(floats, Relu{.kind = Activation::kRelu}, {input}, "q")}};
  const std::vector<std::vector<float>> values = {{1.2F, 0.55F}, {3.2F, 1.8F}};
  const double rounded[2][2] = {{2, 2}, {6, 7}};
  std::vector<std::vector<Tensor>> samples;
  for (const auto& one : values) {
    samples.push_back({Tensor::Of<float>({1, 2}, std::span<const float>(one))});
  }
  double signal = 0;
  double noise = 0;
  for (std::size_t c = 0; c < 2; ++c) {
    double products = 0;
    double squares = 0;
    for (std::size_t s = 0; s < 2; ++s) {
      products += values[s][c] * rounded[s][c];
      squares += values[s][c] * values[s][c];
    }
    for (std::size_t s = 0; s < 2; ++s) {
      const double wanted = values[s][c] * products / squares;
      signal += wanted * wanted;
      noise += (wanted - rounded[s][c]) * (wanted - rounded[s][c]);
    }
  }
  const auto layers = CompareLayers(floats, scaled, samples);
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers[0].name, "q");
  EXPECT_NEAR(layers[0].sqnr_db, 10 * std::log10(signal / noise), 1e-4);
}

TEST(CompareLayers, LeavesOutWhatOnlyOneGraphHas) {
  Graph renamed = IntegerChain(1);
  renamed.values[1].name = "another name";
  const auto layers = CompareLayers(FloatChain(), renamed, Samples({1, 2, 3, 4}));
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers[0].name, "y");
  EXPECT_TRUE(std::isinf(layers[0].sqnr_db));
}

}  // namespace
}  // namespace kinglet
