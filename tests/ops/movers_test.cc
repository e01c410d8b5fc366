// Operations that move elements: each on numbers that count 1, 2, 3, ..., of every width.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_node.h"

namespace kinglet {
namespace {

/// TYPE stands for the element type.
struct MoverCase {
  std::string text;
  std::vector<std::vector<double>> expected;
};
void PrintTo(const MoverCase& c, std::ostream* stream) { *stream << c.text; }

std::string WithType(std::string text, const std::string& type) {
  for (std::size_t at = text.find("TYPE"); at != std::string::npos;
       at = text.find("TYPE")) {
    text.replace(at, 4, type);
  }
  return text;
}

class Mover : public testing::TestWithParam<MoverCase> {};

TEST_P(Mover, MovesElementsOfEveryType) {
  for (const char* type : {"float32", "int8", "int16", "int32", "int64", "uint8"}) {
    const Graph graph = Parse(WithType(GetParam().text, type));
    ASSERT_EQ(ProblemOf({graph, graph.nodes[0]}), std::nullopt) << type;
    EXPECT_EQ(RunFirstNode(graph), GetParam().expected) << type;
  }
}

const std::vector<MoverCase> kMoverCases = {
    {"in x = x : TYPE[2x2]\ny : TYPE[4x4] = tile(x) multiples=[2,2]",
     {{1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4}}},
    {"in x = x : TYPE[2x1]\ny : TYPE[2x2x2] = broadcast_to(x) shape=[2,2,2]",
     {{1, 1, 2, 2, 1, 1, 2, 2}}},
    {"in x = x : TYPE[]\ny : TYPE[2x2] = broadcast_to(x) shape=[2,2]", {{1, 1, 1, 1}}},
    {"in x = x : TYPE[2x3]\ny : TYPE[2x3] = reverse_v2(x) axes=[0,1]",
     {{6, 5, 4, 3, 2, 1}}},
    {"in x = x : TYPE[2x3]\ny : TYPE[2x3] = reverse_v2(x) axes=[0]",
     {{4, 5, 6, 1, 2, 3}}},
    {"in a = a : TYPE[2]\nin b = b : TYPE[2]\ny : TYPE[2x2] = pack(a, b) axis=1",
     {{1, 1, 2, 2}}},
    {"in x = x : TYPE[2x3]\na : TYPE[2], b : TYPE[2], c : TYPE[2] = unpack(x) axis=1",
     {{1, 4}, {2, 5}, {3, 6}}},
    {"in x = x : TYPE[2x3]\na : TYPE[2x1], b : TYPE[2x2] = split(x) axis=1 sizes=[1,2]",
     {{1, 4}, {2, 3, 5, 6}}},
    {"in x = x : TYPE[3x2]\na : TYPE[1x2], b : TYPE[2x2] = split(x) axis=0 sizes=[1,2]",
     {{1, 2}, {3, 4, 5, 6}}},
    {"in x = x : TYPE[1x3]\ny : TYPE[1x7] = mirror_pad(x) before=[0,2] after=[0,2]",
     {{3, 2, 1, 2, 3, 2, 1}}},
    {"in x = x : TYPE[2x2]\ny : TYPE[3x4] = mirror_pad(x) before=[1,1] after=[0,1] "
     "mode=symmetric",
     {{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4}}},
    {"in x = x : TYPE[1x2]\nconst c : TYPE[] = 9\n"
     "y : TYPE[2x4] = pad_v2(x, c) before=[1,1] after=[0,1]",
     {{9, 9, 9, 9, 9, 1, 2, 9}}},
    {"in x = x : TYPE[2x3]\nconst i : int32[2] = 2 0\ny : TYPE[2x2] = gather(x, i) "
     "axis=1",
     {{3, 1, 6, 4}}},
    {"in x = x : TYPE[3x2]\nconst i : int64[2x1] = 2 0\n"
     "y : TYPE[2x1x2] = gather(x, i)",
     {{5, 6, 1, 2}}},
    {"in x = x : TYPE[2x3]\nconst i : int32[2x1] = 2 0\n"
     "y : TYPE[2x1] = gather(x, i) axis=1 batch_dims=1",
     {{3, 4}}},
    {"in x = x : TYPE[3]\nconst i : int32[2] = -5 7\ny : TYPE[2] = gather(x, i)",
     {{1, 3}}},
    {"in x = x : TYPE[2x2x2]\nconst i : int32[2x2] = 1 0 0 1\n"
     "y : TYPE[2x2] = gather_nd(x, i)",
     {{5, 6, 3, 4}}},
    {"in x = x : TYPE[1x2x4x1]\ny : TYPE[1x1x2x4] = space_to_depth(x) block_size=2",
     {{1, 2, 5, 6, 3, 4, 7, 8}}},
    {"in x = x : TYPE[1x1x2x4]\ny : TYPE[1x2x4x1] = depth_to_space(x) block_size=2",
     {{1, 2, 5, 6, 3, 4, 7, 8}}},
    {"in x = x : TYPE[1x1x1x8]\ny : TYPE[1x2x2x2] = depth_to_space(x) block_size=2",
     {{1, 2, 3, 4, 5, 6, 7, 8}}},
    {"in x = x : TYPE[1x3x2x1]\ny : TYPE[4x2x1x1] = space_to_batch_nd(x) block=[2,2] "
     "before=[1,0] after=[0,0]",
     {{0, 3, 0, 4, 1, 5, 2, 6}}},
    {"in x = x : TYPE[4x2x1x1]\ny : TYPE[1x3x2x1] = batch_to_space_nd(x) block=[2,2] "
     "before=[1,0] after=[0,0]",
     {{5, 7, 2, 4, 6, 8}}},
    {"in x = x : TYPE[1x5x2]\ny : TYPE[3x2x2] = space_to_batch_nd(x) block=[3] "
     "before=[0] after=[1]",
     {{1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 0, 0}}},
    {"in x = x : TYPE[1x2x2x1]\n"
     "y : TYPE[1x4x3x1] = resize_nearest_neighbor(x) out_h=4 out_w=3",
     {{1, 1, 2, 1, 1, 2, 3, 3, 4, 3, 3, 4}}},
    {"in x = x : TYPE[1x1x3x1]\ny : TYPE[1x1x5x1] = resize_nearest_neighbor(x) out_h=1 "
     "out_w=5 align_corners=true",
     {{1, 2, 2, 3, 3}}},
};

INSTANTIATE_TEST_SUITE_P(Operations, Mover, testing::ValuesIn(kMoverCases));

TEST(OneHot, PutsOneValueWhereTheIndexSays) {
  EXPECT_THAT(
      RunFirstNode(Parse("const i : int32[2] = 2 -1\nconst on : int8[] = 5\n"
                         "const off : int8[] = 1\n"
                         "y : int8[3x2] = one_hot(i, on, off) axis=0 depth=3"))[0],
      testing::ElementsAre(1, 1, 1, 1, 5, 1));
}

TEST(EmbeddingLookup, TakesRows) {
  EXPECT_THAT(RunFirstNode(Parse("const i : int32[2] = 2 0\nin t = t : float32[3x2]\n"
                                 "y : float32[2x2] = embedding_lookup(i, t)"))[0],
              testing::ElementsAre(5, 6, 1, 2));
}

TEST(SpaceToBatchNd, FillsWithTheZeroPoint) {
  EXPECT_THAT(
      RunFirstNode(Parse("const x : int8[1x1x1] q{1/-7} = 3\n"
                         "y : int8[2x1x1] q{1/-7} = space_to_batch_nd(x) block=[2] "
                         "before=[1] after=[0]"))[0],
      testing::ElementsAre(-7, 3));
}

// Places of four outputs on two inputs: 0, 1/2, 1, 3/2 (the last input is 1); with
// half-pixel centres -1/4, 1/4, 3/4, 5/4; with corners aligned 0, 1/3, 2/3, 1.
struct Resized {
  std::string options;
  std::vector<double> expected;
};
class ResizeBilinearTo : public testing::TestWithParam<Resized> {};
TEST_P(ResizeBilinearTo, MixesTheNeighbours) {
  const auto actual = RunFirstNode(
      Parse("in x = x : float32[1x1x2x1]\ny : float32[1x1x4x1] = resize_bilinear(x) "
            "out_h=1 out_w=4" +
            GetParam().options))[0];
  EXPECT_THAT(actual, testing::Pointwise(testing::DoubleNear(1e-6), GetParam().expected));
}
INSTANTIATE_TEST_SUITE_P(
    Places, ResizeBilinearTo,
    testing::Values(Resized{"", {1, 1.5, 2, 2}},
                    Resized{" half_pixel_centers=true", {1, 1.25, 1.75, 2}},
                    Resized{" align_corners=true", {1, 4.0 / 3, 5.0 / 3, 2}}));

}  // namespace
}  // namespace kinglet
