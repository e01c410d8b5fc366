#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(FoldTransposes, TurnsTheOperandsOfAProductOver) {
  ExpectRewrite(FoldTransposes,
                "in a = a : float32[1x5x3]\nin b = b : float32[1x5x4]\n"
                "s : float32[1x3x5] = transpose(a) perm=[0,2,1]\n"
                "t : float32[1x4x5] = transpose(b) perm=[0,2,1]\n"
                "y : float32[1x3x4] = batch_mat_mul(s, t) adj_y=true\n"
                "out output_0 = y\nout output_1 = s\n",
                "in a = a : float32[1x5x3]\nin b = b : float32[1x5x4]\n"
                "s : float32[1x3x5] = transpose(a) perm=[0,2,1]\n"
                "y : float32[1x3x4] = batch_mat_mul(a, b) adj_x=true\n"
                "out output_0 = y\nout output_1 = s\n");
}

TEST(FoldTransposes, LeavesWhatMovesOtherAxes) {
  ExpectUnchanged(FoldTransposes,
                  "in a = a : float32[1x5x2x3]\nin b = b : float32[1x2x3x4]\n"
                  "s : float32[1x2x5x3] = transpose(a) perm=[0,2,1,3]\n"
                  "y : float32[1x2x5x4] = batch_mat_mul(s, b)\nout output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
