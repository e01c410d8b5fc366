#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(MergeMovers, MakesOneReshapeOfTwo) {
  ExpectRewrite(MergeMovers,
                "in input = x : float32[1x6]\ny : float32[1x2x3] = reshape(x) "
                "shape=[1,2,3]\nz : float32[3x2] = reshape(y) shape=[3,2]\n"
                "out output_0 = z\n",
                "in input = x : float32[1x6]\nz : float32[3x2] = reshape(x) shape=[3,2]\n"
                "out output_0 = z\n");
}

// y = x along (1, 2, 0); z = y along (2, 0, 1): z along axis 0 is y along 2, x along 0.
TEST(MergeMovers, ComposesTwoTransposes) {
  ExpectRewrite(MergeMovers,
                "in input = x : float32[2x3x4]\n"
                "y : float32[3x4x2] = transpose(x) perm=[1,2,0]\n"
                "z : float32[4x3x2] = transpose(y) perm=[1,0,2]\nout output_0 = z\n",
                "in input = x : float32[2x3x4]\n"
                "z : float32[4x3x2] = transpose(x) perm=[2,1,0]\nout output_0 = z\n");
}

TEST(MergeMovers, ReshapesWhereOnlyAxesOfSizeOneMove) {
  ExpectRewrite(MergeMovers,
                "in input = x : float32[1x3x1x4]\n"
                "y : float32[3x1x4x1] = transpose(x) perm=[1,0,3,2]\nout output_0 = y\n",
                "in input = x : float32[1x3x1x4]\n"
                "y : float32[3x1x4x1] = reshape(x) shape=[3,1,4,1]\nout output_0 = y\n");
}

TEST(MergeMovers, MergesAReshapeWithATransposeThatBecameOne) {
  ExpectRewrite(MergeMovers,
                "in input = x : float32[1x3x4]\n"
                "y : float32[3x1x4] = transpose(x) perm=[1,0,2]\n"
                "z : float32[1x12] = reshape(y) shape=[1,12]\nout output_0 = z\n",
                "in input = x : float32[1x3x4]\n"
                "z : float32[1x12] = reshape(x) shape=[1,12]\nout output_0 = z\n");
}

TEST(MergeMovers, KeepsTheFirstForItsOtherReader) {
  ExpectRewrite(MergeMovers,
                "in input = x : float32[1x6]\ny : float32[2x3] = reshape(x) shape=[2,3]\n"
                "z : float32[3x2] = reshape(y) shape=[3,2]\n"
                "out output_0 = z\nout output_1 = y\n",
                "in input = x : float32[1x6]\ny : float32[2x3] = reshape(x) shape=[2,3]\n"
                "z : float32[3x2] = reshape(x) shape=[3,2]\n"
                "out output_0 = z\nout output_1 = y\n");
}

TEST(MergeMovers, LeavesATransposeThatMovesDataAndUnlikePairs) {
  ExpectUnchanged(MergeMovers,
                  "in input = x : float32[1x2x3]\n"
                  "y : float32[1x3x2] = transpose(x) perm=[0,2,1]\n"
                  "z : float32[6] = reshape(y) shape=[6]\nout output_0 = z\n");
}

TEST(MergeMovers, SlicesOnce) {
  ExpectRewrite(MergeMovers,
                "in x = x : float32[1x8x9]\n"
                "a : float32[1x5x9] = strided_slice(x) begin=[0,2,0] end=[1,7,9] "
                "strides=[1,1,1]\n"
                "b : float32[4] = strided_slice(a) begin=[0,3,4] end=[1,4,8] "
                "strides=[1,1,1] dropped=[0,1]\nout output_0 = b\n",
                "in x = x : float32[1x8x9]\n"
                "b : float32[4] = strided_slice(x) begin=[0,5,4] end=[1,6,8] "
                "strides=[1,1,1] dropped=[0,1]\nout output_0 = b\n");
}

TEST(MergeMovers, LeavesSlicesWithStridesOrDroppedAxes) {
  for (const char* first : {"a : float32[1x4] = strided_slice(x) begin=[0,0] end=[1,8] "
                            "strides=[1,2]\n",
                            "a : float32[1x4] = strided_slice(z) begin=[0,0,1] "
                            "end=[1,1,5] strides=[1,1,1] dropped=[1]\n"}) {
    ExpectUnchanged(MergeMovers,
                    std::string("in x = x : float32[1x8]\nin z = z : float32[1x1x8]\n") +
                        first +
                        "b : float32[1x2] = strided_slice(a) begin=[0,1] end=[1,3] "
                        "strides=[1,1]\nout output_0 = b\n");
  }
}

}  // namespace
}  // namespace kinglet
