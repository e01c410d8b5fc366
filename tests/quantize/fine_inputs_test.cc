#include "quantize/fine_inputs.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "ir/text.h"
#include "quantize/quantize.h"
#include "run/executor.h"

namespace kinglet {
namespace {

/// x from -1 to 3, and y twenty times finer than x could be in INT8.
QuantizedGraph Finely(const std::string& text, bool fine_inputs) {
  const Graph graph = Parse(text);
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const bool is_result = graph.values[i].name == "y";
    ranges[i] = is_result ? Range{-0.1F, 0.1F} : Range{-1, 3};
  }
  const QuantizedGraph quantized =
      QuantizeInt8(graph, ranges, {.room_for_fine_inputs = fine_inputs});
  return fine_inputs ? WithFineInputs(quantized, InputsToRefine(quantized.graph))
                     : quantized;
}

std::string DenseBehind(const std::string& mover) {
  return "in input = x : float32[2x1]\n"
         "m : float32[1x2] = " +
         mover +
         "\n"
         "const w : float32[2x2] = 1 -1 0.503937 1\nconst b : float32[2] = -0.5 -1.25\n"
         "y : float32[1x2] = fully_connected(m, w, b)\nout output_0 = y\n";
}

/// Largest error of 'y' that isn't at an end of its range, over inputs between steps.
double WorstError(const QuantizedGraph& quantized) {
  const Executor executor(quantized.graph);
  auto context = executor.NewContext();
  double worst = 0;
  for (int i = 0; i < 400; ++i) {
    const float a = 1 + 0.001317F * static_cast<float>(i);
    const float b = a - 0.5F + 0.0001F * static_cast<float>(i % 7);
    const std::vector<float> pair = {a, b};
    const std::vector<Tensor> x = {Tensor::Of<float>({2, 1}, std::span(pair))};
    const Tensor y = executor.Run(context, x)[0];
    const std::array<double, 2> wanted = {a - b - 0.5, 64.0 / 127 * a + b - 1.25};
    for (std::size_t o = 0; o < 2; ++o) {
      if (std::abs(wanted[o]) > 0.1) continue;
      worst = std::max(worst, std::abs(y.Data<float>()[o] - wanted[o]));
    }
  }
  return worst;
}

TEST(FineInputs, HoldWhatRoundingLeavesOver) {
  constexpr double kStep = 4.0 / 239;  // of the coarse plane
  constexpr double kResultStep = 0.2 / 255;
  // Two inputs of weight one or less, each off by half a fine step and by what rounding a
  // sixteenth of a weight (8 for 7.94, 2 for 1.98) does to half a coarse one.
  constexpr double kMost = 2 * (kStep / 2 / kFineSteps + kStep / 2 * 0.01) + kResultStep;
  for (const char* mover : {"reshape(x) shape=[1,2]", "transpose(x) perm=[1,0]"}) {
    EXPECT_LT(WorstError(Finely(DenseBehind(mover), true)), kMost) << mover;
    EXPECT_GT(WorstError(Finely(DenseBehind(mover), false)), 5 * kMost) << mover;
  }
}

TEST(FineInputs, AreCutTogetherWithTheInput) {
  const QuantizedGraph quantized = Finely(
      "in input = x : float32[1x4x1x2]\n"
      "s : float32[1x2x1x2] = strided_slice(x) begin=[0,1,0,0] end=[1,3,1,2] "
      "strides=[1,1,1,1]\n"
      "const w : float32[1x2x1x2] = 1 -0.5 1 1\nconst b : float32[1] = 0\n"
      "y : float32[1x1x1x1] = conv_2d(s, w, b)\nout output_0 = y\n",
      true);
  int cuts = 0;
  for (const Node& node : quantized.graph.nodes) {
    if (!std::holds_alternative<StridedSlice>(node.op)) continue;
    ++cuts;
    EXPECT_EQ(quantized.graph[node.outputs[0]].shape, (Shape{1, 2, 1, 4}));
  }
  EXPECT_EQ(cuts, 1);
}

TEST(FineInputs, AreChannelsOfTheSameScale) {
  const QuantizedGraph quantized = Finely(
      "in input = x : float32[1x2]\nconst w : float32[1x2] = 1 -0.5\n"
      "const b : float32[1] = 0\ny : float32[1x1] = fully_connected(x, w, b)\n"
      "out output_0 = y\n",
      true);
  const Graph& graph = quantized.graph;
  EXPECT_EQ(StructureProblem(graph), std::nullopt);
  std::string names;
  for (const Node& node : graph.nodes) names += std::string(NameOf(node.op)) + " ";
  EXPECT_EQ(names,
            "quantize dequantize sub mul quantize concatenation fully_connected "
            "dequantize ");
  const Node& dense = graph.nodes[6];
  const auto weights = graph[dense.inputs[1]].constant->Data<std::int8_t>();
  EXPECT_EQ(std::vector<int>(weights.begin(), weights.end()),
            (std::vector<int>{127, -64, 8, -4}));
  const Node& planes = graph.nodes[5];
  EXPECT_EQ(graph[planes.inputs[0]].quantization, graph[planes.inputs[1]].quantization);
  EXPECT_EQ(quantized.float_operators,
            (std::vector<std::string>{"x/rest (sub)", "x/rest_in_fine_steps (mul)"}));
}

bool CanBeRefined(const std::string& text) {
  return !InputsToRefine(Finely(text, false).graph).empty();
}

TEST(InputsToRefine, AreThoseThatALinearLayerOfAllChannelsReads) {
  const std::string x = "in input = x : float32[1x4x4x2]\n";
  const std::string end = "\nout output_0 = y\n";
  const std::string conv =
      "const w : float32[2x1x1x2] = 1 2 3 4\n"
      "y : float32[1x4x4x2] = conv_2d(x, w)";
  EXPECT_TRUE(CanBeRefined(x + conv + end));
  EXPECT_FALSE(CanBeRefined(x +
                            "const w : float32[2x1x1x1] = 1 2\n"
                            "y : float32[1x4x4x2] = conv_2d(x, w)" +
                            end));
  EXPECT_FALSE(CanBeRefined(x +
                            "const w : float32[1x1x1x2] = 1 2\n"
                            "y : float32[1x4x4x2] = depthwise_conv_2d(x, w)" +
                            end));
  EXPECT_FALSE(CanBeRefined(x + "y : float32[1x4x4x2] = tanh(x)" + end));
}

// What was computed in float as well; what comes from integers lies on their steps.
TEST(InputsToRefine, AreResultsOfFloatOperations) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nm : float32[1x2] = mul(x, x)\n"
      "e : float32[1x2] = exp(m)\nconst w : float32[2x2] = 1 2 3 4\n"
      "y : float32[1x2] = fully_connected(e, w)\nout output_0 = y\n");
  const Ranges ranges(graph.values.size(), Range{-1, 3});
  QuantizeOptions options{.room_for_fine_inputs = true};
  options.precisions.assign(graph.nodes.size(), Precision::kInt8);
  options.precisions[1] = Precision::kFloat;
  const Graph quantized = QuantizeInt8(graph, ranges, options).graph;
  const auto found = InputsToRefine(quantized);
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(quantized[*found.begin()].name, "e");
  for (const Node& node : quantized.nodes) {
    if (!std::holds_alternative<Quantize>(node.op)) continue;
    const bool is_fine = node.inputs[0] == *found.begin();
    const float step = quantized[node.outputs[0]].quantization->scales[0];
    EXPECT_NEAR(step, is_fine ? 4.0 / 239 : 4.0 / 255, 1e-6);
  }
}

TEST(InputsToRefine, AreNotMadeOfIntegers) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
      "y : float32[1x2] = tanh(x)\nz : float32[1x2] = fully_connected(y, w)\n"
      "out output_0 = z\n");
  const Ranges ranges(graph.values.size(), Range{-1, 3});
  const Graph quantized =
      QuantizeInt8(graph, ranges, {.precisions = {Precision::kInt16, Precision::kInt8}})
          .graph;
  EXPECT_EQ(quantized[quantized.nodes[1].outputs[0]].dtype, DType::kInt16);
  EXPECT_TRUE(InputsToRefine(quantized).empty());
}

TEST(WithRoomForFinePlane, LeavesCodesAtBothEnds) {
  for (const Range range : {Range{0, 1}, Range{-3, 0}, Range{-1, 2}, Range{0.5F, 0.7F}}) {
    const Range wide = WithRoomForFinePlane(range);
    const double step = (static_cast<double>(wide.max) - wide.min) / 255;
    EXPECT_NEAR((std::min(range.min, 0.0F) - wide.min) / step, kFineSteps / 2.0, 1e-4);
    EXPECT_NEAR((wide.max - std::max(range.max, 0.0F)) / step, kFineSteps / 2.0, 1e-4);
  }
}

}  // namespace
}  // namespace kinglet
