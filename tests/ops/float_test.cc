// Every operation on small numbers worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_node.h"

namespace kinglet {
namespace {

struct FloatCase {
  std::string name;
  std::string text;  ///< one operation; the first result is compared
  std::vector<float> expected;
};

void PrintTo(const FloatCase& c, std::ostream* stream) { *stream << c.name; }

class FloatKernel : public testing::TestWithParam<FloatCase> {};

TEST_P(FloatKernel, GivesTheNumbersWorkedOutByHand) {
  const FloatCase& c = GetParam();
  const Graph graph = Parse(c.text);
  EXPECT_EQ(StructureProblem(graph), std::nullopt);
  const std::vector<double> actual = RunFirstNode(graph).at(0);
  ASSERT_EQ(actual.size(), c.expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_FLOAT_EQ(static_cast<float>(actual[i]), c.expected[i]) << i;
  }
}

// The input counts 1, 2, 3, ... in memory order.
const std::vector<FloatCase> kFloatCases = {
    {"Conv2dSameStride",
     "in x = x : float32[1x3x3x1]\nconst w : float32[1x3x3x1] = 1 1 1 1 1 1 1 1 1\n"
     "const b : float32[1] = 0.5\n"
     "y : float32[1x2x2x1] = conv_2d(x, w, b) padding=same stride_h=2 stride_w=2",
     {12.5F, 16.5F, 24.5F, 28.5F}},
    {"Conv2dDilatedHeightOnly",
     "in x = x : float32[1x3x2x1]\nconst w : float32[1x2x1x1] = 1 10\n"
     "const b : float32[1] = 0\n"
     "y : float32[1x1x2x1] = conv_2d(x, w, b) dilation_h=2",
     {51, 62}},
    {"Conv2dGroups",
     "in x = x : float32[1x1x2x2]\nconst w : float32[2x1x1x1] = 2 3\n"
     "const b : float32[2] = 0 -5\n"
     "y : float32[1x1x2x2] = conv_2d(x, w, b) activation=relu6",
     {2, 1, 6, 6}},
    {"Conv2dBatchOfTwo",
     "in x = x : float32[2x1x1x2]\nconst w : float32[1x1x1x2] = 1 10\n"
     "const b : float32[1] = 0\ny : float32[2x1x1x1] = conv_2d(x, w, b)",
     {21, 43}},
    {"DepthwiseMultiplier",
     "in x = x : float32[1x1x2x2]\nconst w : float32[1x1x1x4] = 1 2 3 4\n"
     "const b : float32[4] = 0 0 0 1\n"
     "y : float32[1x1x2x4] = depthwise_conv_2d(x, w, b)",
     {1, 2, 6, 9, 3, 6, 12, 17}},
    {"DepthwiseStrideWidthOnly",
     "in x = x : float32[1x2x4x1]\nconst w : float32[1x1x3x1] = 1 1 1\n"
     "const b : float32[1] = 0\n"
     "y : float32[1x2x2x1] = depthwise_conv_2d(x, w, b) padding=same stride_w=2",
     {6, 7, 18, 15}},
    {"FullyConnected",
     "in x = x : float32[2x2]\nconst w : float32[3x2] = 1 0 0 1 1 -1\n"
     "const b : float32[3] = 0 10 0\n"
     "y : float32[2x3] = fully_connected(x, w, b) activation=relu",
     {1, 12, 0, 3, 14, 0}},
    {"FullyConnectedWithoutBias",
     "in x = x : float32[1x2]\nconst w : float32[1x2] = 3 4\n"
     "y : float32[1x1] = fully_connected(x, w)",
     {11}},
    {"AddBroadcastsTheLastAxis",
     "in x = x : float32[2x2]\nconst c : float32[2] = 10 20\n"
     "y : float32[2x2] = add(x, c)",
     {11, 22, 13, 24}},
    {"SubOfAColumn",
     "in x = x : float32[2x2]\nconst c : float32[2x1] = 10 20\n"
     "y : float32[2x2] = sub(c, x)",
     {9, 8, 17, 16}},
    {"MulOfTwoOuterVectors",
     "in x = x : float32[2x1]\nconst c : float32[1x3] = 1 10 100\n"
     "y : float32[2x3] = mul(x, c) activation=relu6",
     {1, 6, 6, 2, 6, 6}},
    {"MulAlternatingAxes",
     "in x = x : float32[2x1x2x1]\nconst c : float32[1x2x1x2] = 1 10 100 1000\n"
     "y : float32[2x2x2x2] = mul(x, c)",
     {1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000}},
    {"DivByAScalar",
     "in x = x : float32[1x3]\nconst c : float32[1] = 2\ny : float32[1x3] = div(x, c)",
     {0.5F, 1, 1.5F}},
    {"Maximum",
     "in x = x : float32[1x3]\nconst c : float32[1] = 2\n"
     "y : float32[1x3] = maximum(x, c)",
     {2, 2, 3}},
    {"Minimum",
     "in x = x : float32[1x3]\nconst c : float32[1] = 2\n"
     "y : float32[1x3] = minimum(x, c)",
     {1, 2, 2}},
    {"Relu",
     "const x : float32[3] = -1 0.5 2\ny : float32[3] = relu(x) kind=relu_n1_to_1",
     {-1, 0.5F, 1}},
    {"LeakyRelu",
     "const x : float32[2] = -4 3\ny : float32[2] = leaky_relu(x) alpha=0.25",
     {-1, 3}},
    {"Exp", "in x = x : float32[2]\ny : float32[2] = exp(x)", {2.7182817F, 7.3890561F}},
    {"Log", "in x = x : float32[2]\ny : float32[2] = log(x)", {0, 0.69314718F}},
    {"Tanh",
     "in x = x : float32[2]\ny : float32[2] = tanh(x)",
     {0.76159416F, 0.96402758F}},
    {"Logistic",
     "in x = x : float32[2]\ny : float32[2] = logistic(x)",
     {0.73105858F, 0.88079708F}},
    {"SoftmaxOfEachRow",
     "in x = x : float32[2x2]\ny : float32[2x2] = softmax(x) beta=2",
     {0.11920292F, 0.88079708F, 0.11920292F, 0.88079708F}},
    {"AveragePoolLeavesOutThePadding",
     "in x = x : float32[1x3x3x1]\ny : float32[1x2x2x1] = average_pool_2d(x) "
     "padding=same stride_h=2 stride_w=2 filter_h=2 filter_w=2",
     {3, 4.5F, 7.5F, 9}},
    {"MaxPoolOfARow",
     "in x = x : float32[1x2x4x1]\ny : float32[1x2x2x1] = max_pool_2d(x) "
     "stride_w=2 filter_w=2",
     {2, 4, 6, 8}},
    {"MeanOverPlane",
     "in x = x : float32[1x2x2x2]\ny : float32[1x2] = mean(x) axes=[1,2]",
     {4, 5}},
    {"SumOfSeparateAxes",
     "in x = x : float32[2x2x2]\ny : float32[2] = sum(x) axes=[0,2]",
     {14, 22}},
    {"ReduceMaxOfTheLastAxis",
     "in x = x : float32[2x3]\ny : float32[2x1] = reduce_max(x) axes=[1] keep_dims=true",
     {3, 6}},
    {"Reshape", "in x = x : float32[1x2]\ny : float32[2] = reshape(x) shape=[2]", {1, 2}},
    {"TransposeOfThreeAxes",
     "in x = x : float32[2x2x3]\ny : float32[3x2x2] = transpose(x) perm=[2,0,1]",
     {1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12}},
    {"TransposeOfTheOuterAxes",
     "in x = x : float32[2x2x2]\ny : float32[2x2x2] = transpose(x) perm=[1,0,2]",
     {1, 2, 5, 6, 3, 4, 7, 8}},
    {"TransposeOfUnitAxesMovesNothing",
     "in x = x : float32[1x3x1]\ny : float32[3x1x1] = transpose(x) perm=[1,0,2]",
     {1, 2, 3}},
    {"PadWithZeros",
     "in x = x : float32[1x2]\ny : float32[2x4] = pad(x) before=[0,1] after=[1,1]",
     {0, 1, 2, 0, 0, 0, 0, 0}},
    {"PadWithTheZeroPoint",
     "const x : int8[2] q{0.5/-7} = 1 2\ny : int8[3] q{0.5/-7} = pad(x) before=[1] "
     "after=[0]",
     {-7, 1, 2}},
    {"StridedSliceBackwards",
     "in x = x : float32[2x5]\ny : float32[1x3] = strided_slice(x) begin=[1,4] "
     "end=[2,-1] strides=[1,-2]",
     {10, 8, 6}},
    {"StridedSliceWithoutAnAxis",
     "in x = x : float32[2x2x2]\ny : float32[2x2] = strided_slice(x) begin=[0,1,0] "
     "end=[2,2,2] strides=[1,1,1] dropped=[1]",
     {3, 4, 7, 8}},
    {"StridedSliceOfAHeadStillCopies",
     "in x = x : float32[3]\ny : float32[2] = strided_slice(x) begin=[0] end=[2] "
     "strides=[1]",
     {1, 2}},
    {"ConcatenationOfTheMiddleAxis",
     "in a = a : float32[2x1x2]\nin b = b : float32[2x2x2]\n"
     "y : float32[2x3x2] = concatenation(a, b) axis=1",
     {1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8}},
    {"Quantize",
     "const x : float32[4] = -100 0.25 0.75 100\n"
     "y : int8[4] q{0.5/3} = quantize(x) dtype=int8",
     {-128, 4, 5, 127}},
    {"Dequantize",
     "const x : int8[2] q{0.5/3} = -128 4\ny : float32[2] = dequantize(x)",
     {-65.5F, 0.5F}},
};

INSTANTIATE_TEST_SUITE_P(Operations, FloatKernel, testing::ValuesIn(kFloatCases),
                         [](const auto& instance) { return instance.param.name; });

// 1e-40 is below 2^-126; times 1e38 it would be 0.01.
TEST(LinearOperations, CountSubnormalWeightsAsZero) {
  for (const char* op :
       {"const w : float32[1x1x1x1] = 1e-40\ny : float32[1x1x1x1] = conv_2d(x, w, b)",
        "const w : float32[1x1x1x1] = 1e-40\n"
        "y : float32[1x1x1x1] = depthwise_conv_2d(x, w, b)",
        "const w : float32[1x1] = 1e-40\n"
        "y : float32[1x1x1x1] = fully_connected(x, w, b)"}) {
    const auto y = RunFirstNode(Parse(
        std::string("const x : float32[1x1x1x1] = 1e38\nconst b : float32[1] = 0\n") +
        op));
    EXPECT_EQ(y[0][0], 0.0) << op;
  }
}

}  // namespace
}  // namespace kinglet
