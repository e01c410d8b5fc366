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

TEST(FoldAffineBefore, ScalesAConvolution) {
  for (const char* padding : {"", " padding=same"}) {
    ExpectRewrite(FoldAffineBefore, Conv("mul(x, k)", "conv_2d", "1 2 3 4", "5", padding),
                  Conv("", "conv_2d", "8 16 24 32", "5", padding));
    ExpectRewrite(FoldAffineBefore, Conv("mul(x, c)", "conv_2d", "1 2 3 4", "5", padding),
                  Conv("", "conv_2d", "2 8 6 16", "5", padding));
  }
}

TEST(FoldAffineBefore, ScalesTheChannelsThatEachGroupReads) {
  const auto text = [](const std::string& map, const std::string& weights) {
    return "in input = x : float32[1x1x1x4]\nconst c : float32[4] = 2 4 1 8\n" + map +
           "const w : float32[2x1x1x2] = " + weights +
           "\ny : float32[1x1x1x2] = conv_2d(" + (map.empty() ? "x" : "a") +
           ", w)\nout output_0 = y\n";
  };
  ExpectRewrite(FoldAffineBefore, text("a : float32[1x1x1x4] = mul(x, c)\n", "1 2 3 4"),
                text("", "2 8 3 32"));
}

TEST(FoldAffineBefore, DeclinesWhatMakesWeightsHardToQuantize) {
  // One channel's weight would make the steps of all the others 64 times as wide.
  const auto scaled = [](int channels, const std::string& largest) {
    std::string factors;
    std::string weights;
    for (int i = 1; i < channels; ++i) {
      factors += " 1";
      weights += i % 2 == 0 ? " 2" : " 1";
    }
    const std::string shape = std::to_string(channels) + "]";
    return "in input = x : float32[1x" + shape + "\nconst c : float32[" + shape + " =" +
           factors + " " + largest + "\na : float32[1x" + shape +
           " = mul(x, c)\nconst w : float32[1x" + shape + " =" + weights +
           " 2\ny : float32[1x1] = fully_connected(a, w)\nout output_0 = y\n";
  };
  EXPECT_NE(FoldAffineBefore(Parse(scaled(64, "2"))), Parse(scaled(64, "2")));
  EXPECT_NE(FoldAffineBefore(Parse(scaled(8, "64"))), Parse(scaled(8, "64")));
  ExpectUnchanged(FoldAffineBefore, scaled(64, "64"));
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
  ExpectRewrite(FoldAffineBefore, Conv("add(x, c)", "conv_2d", "1 2 3 4", "5"),
                Conv("", "conv_2d", "1 2 3 4", "37"));
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

/// Two dense layers of which one reads a mean over places, in front of both a map.
std::string ForTwoReaders(const std::string& map, const std::string& weights,
                          const std::string& of_mean) {
  const std::string read = map.empty() ? "x" : "a";
  return "in input = x : float32[1x4x2]\nconst c : float32[2] = 2 4\n" +
         (map.empty() ? "" : "a : float32[1x4x2] = " + map + "\n") +
         "const w : float32[1x2] = " + weights + "\nconst b : float32[1] = 1\n" +
         "y : float32[1x4x1] = fully_connected(" + read + ", w, b)\n" +
         "r : float32[1x2x2x2] = reshape(" + read + ") shape=[1,2,2,2]\n" +
         "m : float32[1x2] = mean(r) axes=[1,2]\n" + "const v : float32[1x2] = 3 5\n" +
         "const d : float32[1] = " + of_mean + "\n" +
         "z : float32[1x1] = fully_connected(m, v, d)\n" +
         "out output_0 = y\nout output_1 = z\n";
}

TEST(FoldAffineBefore, ServesAllReadersThroughWhatLeavesChannelsAlone) {
  std::string folded = ForTwoReaders("", "1 2", "31");
  folded.replace(folded.find("b : float32[1] = 1"), 18, "b : float32[1] = 11");
  ExpectRewrite(FoldAffineBefore, ForTwoReaders("add(x, c)", "1 2", "5"), folded);
  std::string scaled = ForTwoReaders("", "2 8", "5");
  scaled.replace(scaled.find("= 3 5"), 5, "= 6 20");
  ExpectRewrite(FoldAffineBefore, ForTwoReaders("mul(x, c)", "1 2", "5"), scaled);
  ExpectUnchanged(FoldAffineBefore,
                  ForTwoReaders("mul(x, c)", "1 2", "5") +
                      "t : float32[1x4x2] = tanh(a)\nout output_2 = t\n");
}

TEST(FoldAffineBefore, DeclinesWhereTheMappedValueHasAnotherReader) {
  ExpectUnchanged(FoldAffineBefore,
                  Dense("mul(x, c)", "3 5", "1") + "out output_1 = a\n");
  ExpectUnchanged(FoldAffineBefore, Dense("mul(x, c) activation=relu", "3 5", "1"));
}

}  // namespace
}  // namespace kinglet
