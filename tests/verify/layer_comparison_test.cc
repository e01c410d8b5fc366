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
