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

}  // namespace
}  // namespace kinglet
