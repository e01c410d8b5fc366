#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

struct Case {
  const char* before;
  const char* after;
  int in;   ///< height and width of the input
  int out;  ///< height and width of the result
  int stride;
  bool folds;
};

std::string Attributes(const Case& c, const std::string& padding) {
  const std::string stride = std::to_string(c.stride);
  return padding + (c.stride == 1 ? "" : " stride_h=" + stride + " stride_w=" + stride);
}

std::string Image(int size, int channels) {
  return "float32[1x" + std::to_string(size) + "x" + std::to_string(size) + "x" +
         std::to_string(channels) + "]";
}

int Padded(const Case& c) { return c.in + (c.before[3] - '0') + (c.after[3] - '0'); }

std::string PaddedText(const Case& c, const std::string& op, bool folded) {
  const std::string weights = "const w : float32[1x3x3x1] = 1 2 3 4 5 6 7 8 9\n";
  std::string text =
      "in input = x : " + Image(c.in, 1) + "\n" + weights + "const b : float32[1] = 0\n";
  if (!folded) {
    text += "p : " + Image(Padded(c), 1) + " = pad(x) before=" + c.before +
            " after=" + c.after + "\n";
  }
  return text + "y : " + Image(c.out, 1) + " = " + op + (folded ? "(x" : "(p") +
         ", w, b)" + Attributes(c, folded ? " padding=same" : "") +
         "\nout output_0 = y\n";
}

TEST(FoldPadding, FoldsWhatSameWouldPad) {
  const Case cases[] = {
      {"[0,1,1,0]", "[0,1,1,0]", 5, 5, 1, true},
      {"[0,0,0,0]", "[0,1,1,0]", 4, 2, 2, true},   // even size, stride 2
      {"[0,1,1,0]", "[0,1,1,0]", 5, 3, 2, true},   // odd size, stride 2
      {"[0,1,1,0]", "[0,1,1,0]", 4, 2, 2, false},  // one more than needed
      {"[0,1,1,0]", "[0,0,0,0]", 4, 2, 2, false},  // on the other side
      {"[0,2,2,0]", "[0,2,2,0]", 5, 7, 1, false},
  };
  for (const Case& c : cases) {
    for (const char* op : {"conv_2d", "depthwise_conv_2d"}) {
      SCOPED_TRACE(PaddedText(c, op, false));
      if (c.folds) {
        ExpectRewrite(FoldPadding, PaddedText(c, op, false), PaddedText(c, op, true));
      } else {
        ExpectUnchanged(FoldPadding, PaddedText(c, op, false));
      }
    }
  }
}

TEST(FoldPadding, DeclinesPaddedChannels) {
  ExpectUnchanged(FoldPadding,
                  "in input = x : float32[1x3x3x1]\n"
                  "const w : float32[1x3x3x2] = 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9\n"
                  "const b : float32[1] = 0\n"
                  "p : float32[1x5x5x2] = pad(x) before=[0,1,1,0] after=[0,1,1,1]\n"
                  "y : float32[1x3x3x1] = conv_2d(p, w, b)\nout output_0 = y\n");
}

TEST(FoldPadding, DeclinesAConvolutionThatPadsItself) {
  ExpectUnchanged(FoldPadding,
                  "in input = x : float32[1x3x3x1]\n"
                  "const w : float32[1x3x3x1] = 1 2 3 4 5 6 7 8 9\n"
                  "const b : float32[1] = 0\n"
                  "p : float32[1x5x5x1] = pad(x) before=[0,1,1,0] after=[0,1,1,0]\n"
                  "y : float32[1x5x5x1] = conv_2d(p, w, b) padding=same\n"
                  "out output_0 = y\n");
}

TEST(FoldPadding, LeavesThePaddingToItsOtherReaders) {
  const Graph folded = FoldPadding(
      Parse(PaddedText({"[0,1,1,0]", "[0,1,1,0]", 5, 5, 1, true}, "conv_2d", false) +
            "out output_1 = p\n"));
  ASSERT_EQ(folded.nodes.size(), 2U);
  EXPECT_EQ(folded.nodes[1].inputs[0], folded.inputs[0].value);
}

}  // namespace
}  // namespace kinglet
