#include <gtest/gtest.h>

#include <cmath>

#include "ops/op_def.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

/// Weights of `rows` x 32, larger from row to row, of which the first is all zero.
Tensor Weights(std::int64_t rows) {
  Tensor weights(DType::kFloat32, {rows, 32});
  const auto data = weights.Data<float>();
  for (std::size_t i = 32; i < data.size(); ++i) {
    data[i] = static_cast<float>(i / 32) * (static_cast<float>(i % 32) - 20.0F) / 7;
  }
  return weights;
}

Graph Dense(std::int64_t rows) {
  Graph graph;
  Value x;
  x.name = "x";
  x.shape = {1, 32};
  graph.inputs.push_back({"input", graph.AddValue(x)});
  const ValueId weights = graph.AddConstant("w", Weights(rows));
  const ValueId bias = graph.AddConstant("b", Tensor(DType::kFloat32, {rows}));
  graph.outputs.push_back(
      {"output_0",
       AddNode(graph, FullyConnected{}, {graph.inputs[0].value, weights, bias}, "y")});
  return graph;
}

const Value& WeightsOf(const Graph& graph) { return graph[graph.nodes[0].inputs[1]]; }

TEST(QuantizeWeightsOnly, LeavesTensorsBelow1024ElementsInFloat) {
  EXPECT_EQ(QuantizeWeightsOnly(Dense(31), false), Dense(31));
  EXPECT_EQ(WeightsOf(QuantizeWeightsOnly(Dense(32), false)).dtype, DType::kInt8);
}

TEST(QuantizeWeightsOnly, LeavesBiasAndActivationsInFloat) {
  const Graph quantized = QuantizeWeightsOnly(Dense(32), false);
  EXPECT_EQ(quantized.nodes.size(), 1U);
  EXPECT_EQ(quantized[quantized.nodes[0].inputs[0]].dtype, DType::kFloat32);
  EXPECT_EQ(quantized[quantized.nodes[0].inputs[2]].dtype, DType::kFloat32);
  EXPECT_EQ(quantized[quantized.outputs[0].value].dtype, DType::kFloat32);
}

// As the steps of an unrolled recurrent layer do.
TEST(QuantizeWeightsOnly, StoresWeightsOfSeveralReadersOnce) {
  Graph graph = Dense(32);
  const Node first = graph.nodes[0];
  graph.outputs[0].value = AddNode(
      graph, FullyConnected{}, {first.outputs[0], first.inputs[1], first.inputs[2]}, "z");
  const Graph quantized = QuantizeWeightsOnly(graph, false);
  EXPECT_EQ(quantized.nodes[0].inputs[1], quantized.nodes[1].inputs[1]);
  EXPECT_EQ(WeightsOf(quantized).dtype, DType::kInt8);
}

// In double, from the definition: s = 2 max / 254, q = w / s rounded.
void ExpectRows(const Graph& graph, std::size_t scales) {
  const Tensor floats = Weights(32);
  const auto w = floats.Data<float>();
  const Value& stored = WeightsOf(graph);
  ASSERT_EQ(stored.quantization->scales.size(), scales);
  EXPECT_EQ(stored.quantization->zero_points, std::vector<std::int64_t>(scales, 0));
  const std::size_t block = w.size() / scales;
  for (std::size_t i = block == 32 ? 32 : 0; i < w.size(); ++i) {
    double largest = 0;
    for (std::size_t j = i / block * block; j < (i / block + 1) * block; ++j) {
      largest = std::max(largest, std::abs(static_cast<double>(w[j])));
    }
    const double scale = 2 * largest / 254;
    EXPECT_EQ(stored.quantization->scales[i / block], static_cast<float>(scale));
    EXPECT_EQ(stored.constant->Data<std::int8_t>()[i],
              std::round(static_cast<double>(w[i]) / scale));
  }
}

TEST(QuantizeWeightsOnly, ScalesEachChannelOrTheWholeTensor) {
  ExpectRows(QuantizeWeightsOnly(Dense(32), false), 32);
  ExpectRows(QuantizeWeightsOnly(Dense(32), true), 1);
}

TEST(QuantizeWeightsOnly, GivesAnAllZeroChannelAUsableScale) {
  const Graph quantized = QuantizeWeightsOnly(Dense(32), false);
  const Value& stored = WeightsOf(quantized);
  EXPECT_GT(stored.quantization->scales[0], 0);
  EXPECT_EQ(stored.constant->Data<std::int8_t>()[0], 0);
}

TEST(QuantizeWeightsOnly, LeavesOperationsWithoutWeightsAlone) {
  Graph graph;
  Value x;
  x.name = "x";
  x.shape = {1, 2048};
  graph.inputs.push_back({"input", graph.AddValue(x)});
  const ValueId c = graph.AddConstant("c", Tensor(DType::kFloat32, {2048}));
  graph.outputs.push_back(
      {"output_0", AddNode(graph, Add{}, {graph.inputs[0].value, c}, "y")});
  EXPECT_EQ(QuantizeWeightsOnly(graph, false), graph);
}

}  // namespace
}  // namespace kinglet
