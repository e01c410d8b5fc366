// Constants are small powers of two, so that every product is exact.
#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

std::string Dense(const std::string& map, const std::string& weights,
                  const std::string& bias) {
  const std::string input = map.empty() ? "x" : "a";
  return "in input = x : float32[1x2]\n"
         "const c : float32[2] = 2 4\nconst k : float32[1] = 8\n" +
         (map.empty() ? "" : "a : float32[1x2] = " + map + "\n") +
         "const w : float32[1x2] = " + weights + "\n" +
         (bias.empty() ? "" : "const b : float32[1] = " + bias + "\n") +
         "y : float32[1x1] = fully_connected(" + input + ", w" +
         (bias.empty() ? "" : ", b") + ")\nout output_0 = y\n";
}

TEST(FoldAffineBefore, ScalesTheColumnsOfADenseLayer) {
  ExpectRewrite(FoldAffineBefore, Dense("mul(x, c)", "3 5", "1"), Dense("", "6 20", "1"));
  ExpectRewrite(FoldAffineBefore, Dense("mul(k, x)", "3 5", "1"),
                Dense("", "24 40", "1"));
  ExpectRewrite(FoldAffineBefore, Dense("div(x, c)", "3 5", ""),
                Dense("", "1.5 1.25", ""));
}

TEST(FoldAffineBefore, AddsAnOffsetToTheBias) {
  ExpectRewrite(FoldAffineBefore, Dense("add(x, c)", "3 5", "1"), Dense("", "3 5", "27"));
  ExpectRewrite(FoldAffineBefore, Dense("sub(x, k)", "3 5", ""), Dense("", "3 5", "-64"));
}

/// A 2x1 window over 2x1x2, so that "same" padding reads zeros.
std::string Conv(const std::string& map, const std::string& op,
                 const std::string& weights, const std::string& bias,
                 const std::string& attributes = "") {
  const bool is_conv = op == "conv_2d";
  const std::string height = attributes.empty() ? "1" : "2";
  return "in input = x : float32[1x2x1x2]\n"
         "const c : float32[2] = 2 4\nconst k : float32[1] = 8\n" +
         (map.empty() ? "" : "a : float32[1x2x1x2] = " + map + "\n") +
         "const w : float32[1x2x1x2] = " + weights + "\nconst b : float32" +
         (is_conv ? "[1] = " : "[2] = ") + bias + "\ny : float32[1x" + height + "x1x" +
         (is_conv ? "1" : "2") + "] = " + op + (map.empty() ? "(x" : "(a") + ", w, b)" +
         attributes + "\nout output_0 = y\n";
}

TEST(FoldAffineBefore, ScalesAConvolutionByOneFactor) {
  for (const char* padding : {"", " padding=same"}) {
    ExpectRewrite(FoldAffineBefore, Conv("mul(x, k)", "conv_2d", "1 2 3 4", "5", padding),
                  Conv("", "conv_2d", "8 16 24 32", "5", padding));
    ExpectUnchanged(FoldAffineBefore,
                    Conv("mul(x, c)", "conv_2d", "1 2 3 4", "5", padding));
  }
}

TEST(FoldAffineBefore, ScalesADepthwiseConvolutionByFactorsPerChannel) {
  for (const char* padding : {"", " padding=same"}) {
    ExpectRewrite(FoldAffineBefore,
                  Conv("mul(x, c)", "depthwise_conv_2d", "1 2 3 4", "5 6", padding),
                  Conv("", "depthwise_conv_2d", "2 8 6 16", "5 6", padding));
  }
}

TEST(FoldAffineBefore, ScalesEveryOutputOfAChannelWithAMultiplier) {
  const auto text = [](const std::string& map, const std::string& weights) {
    return "in input = x : float32[1x1x1x2]\nconst c : float32[2] = 2 4\n" + map +
           "const w : float32[1x1x1x4] = " + weights +
           "\nconst b : float32[4] = 0 0 0 0\ny : float32[1x1x1x4] = depthwise_conv_2d(" +
           (map.empty() ? "x" : "a") + ", w, b)\nout output_0 = y\n";
  };
  ExpectRewrite(FoldAffineBefore, text("a : float32[1x1x1x2] = mul(x, c)\n", "1 2 3 4"),
                text("", "2 4 12 16"));
}

TEST(FoldAffineBefore, AddsAnOffsetWhereNoZerosAreRead) {
  ExpectRewrite(FoldAffineBefore, Conv("add(x, k)", "conv_2d", "1 2 3 4", "5"),
                Conv("", "conv_2d", "1 2 3 4", "85"));
  ExpectRewrite(FoldAffineBefore,
                Conv("add(x, c)", "depthwise_conv_2d", "1 2 3 4", "5 6"),
                Conv("", "depthwise_conv_2d", "1 2 3 4", "13 30"));
  for (const char* op : {"conv_2d", "depthwise_conv_2d"}) {
    ExpectUnchanged(FoldAffineBefore,
                    Conv("add(x, k)", op, "1 2 3 4",
                         std::string(op) == "conv_2d" ? "5" : "5 6", " padding=same"));
  }
  ExpectUnchanged(FoldAffineBefore, Conv("add(x, c)", "conv_2d", "1 2 3 4", "5"));
}

std::string ThroughATranspose(const std::string& map) {
  return "in input = x : float32[1x2x3]\nconst c : float32[3] = 2 4 8\n"
         "const k : float32[1] = 2\nconst w : float32[1x2] = 1 2\n" +
         (map.empty() ? "" : "a : float32[1x2x3] = " + map + "\n") +
         "t : float32[1x3x2] = transpose(" + (map.empty() ? "x" : "a") +
         ") perm=[0,2,1]\ny : float32[1x3x1] = fully_connected(t, w)\nout output_0 = y\n";
}

TEST(FoldAffineBefore, TakesOneFactorThroughWhatMovesElements) {
  std::string folded = ThroughATranspose("");
  folded.replace(folded.find("= 1 2"), 5, "= 2 4");
  ExpectRewrite(FoldAffineBefore, ThroughATranspose("mul(x, k)"), folded);
  ExpectUnchanged(FoldAffineBefore, ThroughATranspose("mul(x, c)"));
  ExpectUnchanged(FoldAffineBefore, ThroughATranspose("add(x, k)"));
}

TEST(FoldAffineBefore, DeclinesWhereTheMappedValueHasAnotherReader) {
  ExpectUnchanged(FoldAffineBefore,
                  Dense("mul(x, c)", "3 5", "1") + "out output_1 = a\n");
  ExpectUnchanged(FoldAffineBefore, Dense("mul(x, c) activation=relu", "3 5", "1"));
}

}  // namespace
}  // namespace kinglet
