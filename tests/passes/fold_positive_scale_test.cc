#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

/// relu(conv(x)) scaled by a 1x1 depthwise convolution with these weights and bias.
std::string Scaled(const std::string& clamp, const std::string& factors,
                   const std::string& bias, const std::string& attributes = "") {
  return "in input = x : float32[1x2x2x1]\n"
         "const w : float32[2x1x1x1] = 2 3\nconst b : float32[2] = -1 1\n"
         "const k : float32[1x1x1x2] = " +
         factors + "\nconst z0 : float32[2] = " + bias +
         "\ny : float32[1x2x2x2] = conv_2d(x, w, b)" + clamp +
         "\nz : float32[1x2x2x2] = depthwise_conv_2d(y, k, z0)" + attributes +
         "\nout output_0 = z\n";
}

TEST(FoldPositiveScale, MovesFactorsUnderAClampAtZero) {
  ExpectRewrite(FoldPositiveScale, Scaled(" activation=relu", "2 0.5", "0 0"),
                "in input = x : float32[1x2x2x1]\n"
                "const w : float32[2x1x1x1] = 4 1.5\nconst b : float32[2] = -2 0.5\n"
                "z : float32[1x2x2x2] = conv_2d(x, w, b) activation=relu\n"
                "out output_0 = z\n");
}

TEST(FoldPositiveScale, MovesAProductLikewise) {
  ExpectRewrite(FoldPositiveScale,
                "in input = x : float32[1x2]\nconst w : float32[1x2] = 2 3\n"
                "const b : float32[1] = -1\nconst k : float32[] = 2\n"
                "y : float32[1x1] = fully_connected(x, w, b) activation=relu\n"
                "z : float32[1x1] = mul(y, k)\nout output_0 = z\n",
                "in input = x : float32[1x2]\nconst w : float32[1x2] = 4 6\n"
                "const b : float32[1] = -2\n"
                "z : float32[1x1] = fully_connected(x, w, b) activation=relu\n"
                "out output_0 = z\n");
}

/// Two outputs of four inputs each, all weights 1, scaled by these factors.
std::string OfFour(const std::string& factors) {
  return "in input = x : float32[1x4]\nconst w : float32[2x4] = 1 1 1 1 1 1 1 1\n"
         "const k : float32[2] = " +
         factors +
         "\ny : float32[1x2] = fully_connected(x, w) activation=relu\n"
         "z : float32[1x2] = mul(y, k)\nout output_0 = z\n";
}

// 0.4 of the weights' widest square for each output, against 0.4 and 1 of rounding twice.
TEST(FoldPositiveScaleInOneScale, LeavesUnevenFactors) {
  for (const char* factors : {"2 2", "1 1.5", "100 90"}) {
    EXPECT_EQ(FoldPositiveScaleInOneScale(Parse(OfFour(factors))),
              FoldPositiveScale(Parse(OfFour(factors))))
        << factors;
  }
  const Graph forty = Parse(
      "in input = x : float32[1x1x1x2]\nconst w : float32[2x1x1x2] = 1 0.1 0.1 0.1\n"
      "const k : float32[2] = 0.1 9\n"
      "y : float32[1x1x1x2] = conv_2d(x, w) activation=relu\n"
      "z : float32[1x1x1x2] = mul(y, k)\nout output_0 = z\n");
  EXPECT_EQ(FoldPositiveScaleInOneScale(forty), FoldPositiveScale(forty))
      << "what they widen is narrower than the widest";
  const std::string uneven =
      "in input = x : float32[1x1x1x16]\nconst w : float32[2x1x1x16] = "
      "1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
      "const k : float32[2] = 0.1 9\n"
      "y : float32[1x1x1x2] = conv_2d(x, w) activation=relu\n"
      "z : float32[1x1x1x2] = mul(y, k)\nout output_0 = z\n";
  ExpectUnchanged(FoldPositiveScaleInOneScale, uneven);
  EXPECT_NE(FoldPositiveScale(Parse(uneven)), Parse(uneven));
}

TEST(FoldPositiveScale, DeclinesWhatDoesNotCommuteWithTheClamp) {
  ExpectUnchanged(FoldPositiveScale, Scaled(" activation=relu6", "2 0.5", "0 0"));
  ExpectUnchanged(FoldPositiveScale, Scaled("", "2 0.5", "0 0"));
  ExpectUnchanged(FoldPositiveScale, Scaled(" activation=relu", "2 -0.5", "0 0"));
  ExpectUnchanged(FoldPositiveScale, Scaled(" activation=relu", "2 0", "0 0"));
  ExpectUnchanged(FoldPositiveScale, Scaled(" activation=relu", "2 1e-40", "0 0"));
  ExpectUnchanged(FoldPositiveScale, Scaled(" activation=relu", "2 0.5", "0 1"));
}

TEST(FoldPositiveScale, DeclinesAConvolutionWithMoreThanFactors) {
  ExpectUnchanged(FoldPositiveScale,
                  Scaled(" activation=relu", "2 0.5", "0 0", " activation=relu6"));
  ExpectUnchanged(FoldPositiveScale,  // a taller kernel
                  "in input = x : float32[1x2x2x1]\n"
                  "const w : float32[1x1x1x1] = 2\nconst b : float32[1] = 0\n"
                  "const k : float32[1x2x1x1] = 1 1\n"
                  "y : float32[1x2x2x1] = conv_2d(x, w, b) activation=relu\n"
                  "z : float32[1x1x2x1] = depthwise_conv_2d(y, k, b)\n"
                  "out output_0 = z\n");
  ExpectUnchanged(FoldPositiveScale,  // steps over every second position
                  "in input = x : float32[1x2x2x1]\n"
                  "const w : float32[1x1x1x1] = 2\nconst b : float32[1] = 0\n"
                  "y : float32[1x2x2x1] = conv_2d(x, w, b) activation=relu\n"
                  "z : float32[1x1x2x1] = depthwise_conv_2d(y, w, b) stride_h=2\n"
                  "out output_0 = z\n");
}

TEST(FoldPositiveScale, DeclinesWhereTheClampHasAnotherReader) {
  ExpectUnchanged(FoldPositiveScale,
                  Scaled(" activation=relu", "2 0.5", "0 0") + "out output_1 = y\n");
}

}  // namespace
}  // namespace kinglet
