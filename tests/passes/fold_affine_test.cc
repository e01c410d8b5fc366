// y = conv(x) is [1,1,2,2] throughout, one tap and one input channel; the constants are
// small powers of two, so that every product is exact.
#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

constexpr const char* kConv =
    "in input = x : float32[1x1x2x1]\n"
    "const w : float32[2x1x1x1] = 2 3\n"
    "const b : float32[2] = 4 5\n"
    "y : float32[1x1x2x2] = conv_2d(x, w, b)\n";

std::string Conv(const std::string& rest) { return kConv + rest; }

/// What is left when everything is folded.
std::string Folded(const std::string& weights, const std::string& bias) {
  return "in input = x : float32[1x1x2x1]\n"
         "const w : float32[2x1x1x1] = " +
         weights + "\nconst b : float32[2] = " + bias +
         "\nz : float32[1x1x2x2] = conv_2d(x, w, b)\nout output_0 = z\n";
}

struct Fold {
  const char* name;
  const char* constant;
  const char* node;
  const char* weights;
  const char* bias;
};

class FoldAffineAfterConv : public testing::TestWithParam<Fold> {};

TEST_P(FoldAffineAfterConv, ChangesWeightsAndBias) {
  const Fold& fold = GetParam();
  ExpectRewrite(FoldAffine,
                Conv(std::string("const c : ") + fold.constant +
                     "\nz : float32[1x1x2x2] = " + fold.node + "\nout output_0 = z\n"),
                Folded(fold.weights, fold.bias));
}

INSTANTIATE_TEST_SUITE_P(
    , FoldAffineAfterConv,
    testing::Values(Fold{"MulByChannel", "float32[2] = 2 4", "mul(y, c)", "4 12", "8 20"},
                    Fold{"MulOnTheLeft", "float32[2] = 2 4", "mul(c, y)", "4 12", "8 20"},
                    Fold{"MulByScalar", "float32[1] = 2", "mul(y, c)", "4 6", "8 10"},
                    Fold{"MulByRow", "float32[1x1x1x2] = 2 4", "mul(y, c)", "4 12",
                         "8 20"},
                    Fold{"Div", "float32[2] = 2 0.5", "div(y, c)", "1 6", "2 10"},
                    Fold{"Add", "float32[2] = 1 -1", "add(y, c)", "2 3", "5 4"},
                    Fold{"AddOnTheLeft", "float32[2] = 1 -1", "add(c, y)", "2 3", "5 4"},
                    Fold{"Sub", "float32[2] = 1 -1", "sub(y, c)", "2 3", "3 6"}),
    [](const auto& test) { return test.param.name; });

TEST(FoldAffine, FoldsABatchNormalizationInTensorFlowsOrder) {
  ExpectRewrite(FoldAffine,
                Conv("const m : float32[2] = 2 4\n"
                     "const o : float32[2] = 1 -1\n"
                     "s : float32[1x1x2x2] = mul(y, m)\n"
                     "z : float32[1x1x2x2] = add(s, o)\n"
                     "out output_0 = z\n"),
                Folded("4 12", "9 19"));
}

// f32(1/3) * 3 is 1 + 3e-8, which float32 rounds to 1.
TEST(FoldAffine, RoundsEachStep) {
  const Graph folded =
      FoldAffine(Parse("in input = x : float32[1x1]\n"
                       "const w : float32[1x1] = 1\nconst b : float32[1] = 0.33333334\n"
                       "const m : float32[1] = 3\nconst o : float32[1] = -1\n"
                       "y : float32[1x1] = fully_connected(x, w, b)\n"
                       "s : float32[1x1] = mul(y, m)\nz : float32[1x1] = add(s, o)\n"
                       "out output_0 = z\n"));
  ASSERT_EQ(folded.nodes.size(), 1U);
  EXPECT_EQ(folded[folded.nodes[0].inputs[2]].constant->Data<float>()[0], 0);
}

TEST(FoldAffine, ScalesTheLastAxisOfDepthwiseWeights) {
  ExpectRewrite(FoldAffine,
                "in input = x : float32[1x2x1x2]\n"
                "const w : float32[1x2x1x2] = 1 2 3 4\nconst b : float32[2] = 0 0\n"
                "const m : float32[2] = 2 10\n"
                "y : float32[1x1x1x2] = depthwise_conv_2d(x, w, b)\n"
                "z : float32[1x1x1x2] = mul(y, m)\nout output_0 = z\n",
                "in input = x : float32[1x2x1x2]\n"
                "const w : float32[1x2x1x2] = 2 20 6 40\nconst b : float32[2] = 0 0\n"
                "z : float32[1x1x1x2] = depthwise_conv_2d(x, w, b)\nout output_0 = z\n");
}

TEST(FoldAffine, GivesAFullyConnectedOperationTheBiasThatItLacks) {
  ExpectRewrite(FoldAffine,
                "in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
                "const o : float32[2] = 5 6\n"
                "y : float32[1x2] = fully_connected(x, w)\n"
                "z : float32[1x2] = add(y, o)\nout output_0 = z\n",
                "in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
                "const o : float32[2] = 5 6\n"
                "z : float32[1x2] = fully_connected(x, w, o)\nout output_0 = z\n");
}

TEST(FoldAffine, LeavesSharedWeightsToTheirOtherReader) {
  const Graph folded =
      FoldAffine(Parse(Conv("const c : float32[1] = 2\nz : float32[1x1x2x2] = mul(y, c)\n"
                            "other : float32[1x1x2x2] = conv_2d(x, w, b)\n"
                            "out output_0 = z\nout output_1 = other\n")));
  const auto weights = [&](std::size_t node) {
    return folded[folded.nodes[node].inputs[1]].constant->Data<float>()[0];
  };
  EXPECT_EQ(weights(0), 4);
  EXPECT_EQ(weights(1), 2);
}

TEST(FoldAffine, DeclinesWhatIsNoMapPerChannel) {
  const auto declines = [](const std::string& rest) {
    SCOPED_TRACE(rest);
    ExpectUnchanged(FoldAffine, Conv(rest));
  };
  declines(
      "const c : float32[2] = 1 2\n"  // another reader
      "z : float32[1x1x2x2] = mul(y, c)\nout output_0 = z\nout output_1 = y\n");
  declines(
      "const c : float32[1x1x2x1] = 1 2\n"  // along the width
      "z : float32[1x1x2x2] = mul(y, c)\nout output_0 = z\n");
  declines(
      "const c : float32[1x2x1x1] = 1 2\n"  // makes the result larger
      "z : float32[1x2x2x2] = add(y, c)\nout output_0 = z\n");
  declines(
      "const c : float32[1x1x1x1x1] = 2\n"  // gives it another axis
      "z : float32[1x1x1x2x2] = mul(y, c)\nout output_0 = z\n");
  declines(
      "const c : float32[2] = 1 2\n"  // c - y and c / y
      "z : float32[1x1x2x2] = sub(c, y)\nout output_0 = z\n");
  declines(
      "const c : float32[2] = 1 2\n"
      "z : float32[1x1x2x2] = div(c, y)\nout output_0 = z\n");
  declines("z : float32[1x1x2x2] = add(y, y)\nout output_0 = z\n");
}

TEST(FoldAffine, TakesAClampAlong) {
  ExpectRewrite(FoldAffine,
                Conv("const o : float32[2] = 1 -1\n"
                     "z : float32[1x1x2x2] = add(y, o) activation=relu6\n"
                     "out output_0 = z\n"),
                "in input = x : float32[1x1x2x1]\n"
                "const w : float32[2x1x1x1] = 2 3\nconst b : float32[2] = 5 4\n"
                "z : float32[1x1x2x2] = conv_2d(x, w, b) activation=relu6\n"
                "out output_0 = z\n");
}

TEST(FoldAffine, TakesADepthwiseConvolutionOfOneTapForAMapPerChannel) {
  ExpectRewrite(FoldAffine,
                Conv("const k : float32[1x1x1x2] = 2 4\nconst o : float32[2] = 1 -1\n"
                     "z : float32[1x1x2x2] = depthwise_conv_2d(y, k, o)\n"
                     "out output_0 = z\n"),
                "in input = x : float32[1x1x2x1]\n"
                "const w : float32[2x1x1x1] = 4 12\nconst b : float32[2] = 9 19\n"
                "z : float32[1x1x2x2] = conv_2d(x, w, b)\nout output_0 = z\n");
  ExpectUnchanged(FoldAffine,  // two taps
                  Conv("const k : float32[1x1x2x2] = 2 4 1 1\n"
                       "const o : float32[2] = 1 -1\n"
                       "z : float32[1x1x1x2] = depthwise_conv_2d(y, k, o)\n"
                       "out output_0 = z\n"));
}

TEST(FoldAffine, FoldsIntoATransposedConvolution) {
  ExpectRewrite(FoldAffine,
                "in input = x : float32[1x1x1x1]\nconst w : float32[2x1x1x1] = 2 3\n"
                "const m : float32[2] = 2 4\n"
                "y : float32[1x1x1x2] = transpose_conv(x, w) out_h=1 out_w=1\n"
                "z : float32[1x1x1x2] = mul(y, m)\nout output_0 = z\n",
                "in input = x : float32[1x1x1x1]\nconst w : float32[2x1x1x1] = 4 12\n"
                "const b : float32[2] = 0 0\n"
                "z : float32[1x1x1x2] = transpose_conv(x, w, b) out_h=1 out_w=1\n"
                "out output_0 = z\n");
}

TEST(FoldAffine, DeclinesBehindAClamp) {
  ExpectUnchanged(FoldAffine,
                  "in input = x : float32[1x1]\nconst w : float32[1x1] = 1\n"
                  "const b : float32[1] = 1\nconst c : float32[1] = 2\n"
                  "y : float32[1x1] = fully_connected(x, w, b) activation=relu\n"
                  "z : float32[1x1] = mul(y, c)\nout output_0 = z\n");
}

}  // namespace
}  // namespace kinglet
