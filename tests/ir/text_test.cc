#include "ir/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kinglet/error.h"

namespace kinglet {
namespace {

using testing::HasSubstr;

constexpr const char* kModel =
    "in spectrogram = x : float32[1x4x4x1]\n"
    "const w : float32[2x1x1x1] = 0.5 -1\n"
    "const b : float32[2] = 0 0.1\n"
    "\"my conv\" : int8[1x4x4x2] q{0.02/-128} = conv_2d(x, w, b) padding=same "
    "stride_h=2 activation=relu6 @stem\n"
    "y : int8[2x1x4x4] q{0.5/0 0.25/0 axis=3} = transpose(\"my conv\") perm=[3,0,1,2]\n"
    "out output_0 = y\n";

TEST(Text, PrintsWhatItParsed) { EXPECT_EQ(Print(Parse(kModel)), kModel); }

TEST(Text, ParsesWhatItPrinted) {
  const Graph graph = Parse(kModel);
  EXPECT_EQ(Parse(Print(graph)), graph);
  EXPECT_EQ(graph.nodes[0].name, "stem");
  EXPECT_EQ(std::get<Conv2d>(graph.nodes[0].op).activation, Activation::kRelu6);
}

TEST(Text, LeavesOutTheElementsOfLargeConstants) {
  const Graph graph = Parse("const w : float32[9] = 1 2 3 4 5 6 7 8 9\nout o = w");
  EXPECT_THAT(Print(graph, Constants::kElided), HasSubstr("= 1 2 3 4 5 6 7 8 ..."));
}

struct BadText {
  const char* text;
  const char* message;
};

class TextRefuses : public testing::TestWithParam<BadText> {};

TEST_P(TextRefuses, AndNamesTheLine) {
  try {
    Parse(GetParam().text);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, TextRefuses,
    testing::Values(
        BadText{"in a = x : float32[1]\nout o = y", "line 2: 'y' is not made"},
        BadText{"y : float32[1] = nonsense()", "no operation is called"},
        BadText{"in a = x : float33[1]", "no element type"},
        BadText{"in a = x : float32", "no shape"},
        BadText{"in a = x : float32[0]", "an axis is empty"},
        BadText{"in a = \"x : float32[1]", "closing quote"},
        BadText{"const c : float32[2] = 1", "a word is missing"},
        BadText{"in a = x : float32[1]\ny : float32[1] = relu(x) kind=green",
                "'kind=green' is no attribute of relu"},
        BadText{"in a = x : float32[1]\nin b = x : float32[1]", "made twice"}));

}  // namespace
}  // namespace kinglet
