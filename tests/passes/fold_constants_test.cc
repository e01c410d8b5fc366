#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(FoldConstants, ComputesWhatNoInputReaches) {
  ExpectRewrite(FoldConstants,
                "in input = x : float32[2x2]\nconst a : float32[2x2] = 1 2 3 4\n"
                "const b : float32[1] = 10\n"
                "s : float32[2x2] = add(a, b)\n"
                "t : float32[2x2] = transpose(s) perm=[1,0]\n"
                "r : float32[4] = reshape(t) shape=[4]\n"
                "q : float32[2x2] = reshape(r) shape=[2,2]\n"
                "y : float32[2x2] = mul(x, q)\nout output_0 = y\n",
                "in input = x : float32[2x2]\nconst q : float32[2x2] = 11 13 12 14\n"
                "y : float32[2x2] = mul(x, q)\nout output_0 = y\n");
}

TEST(FoldConstants, ComputesEachOfSeveralResults) {
  ExpectRewrite(FoldConstants,
                "in input = x : float32[1x2]\nconst a : float32[1x2x2] = 1 2 3 4\n"
                "p : float32[1x2], q : float32[1x2] = unpack(a) axis=1\n"
                "y : float32[1x2] = mul(x, q)\nz : float32[1x2] = add(y, p)\n"
                "out output_0 = z\n",
                "in input = x : float32[1x2]\nconst p : float32[1x2] = 1 2\n"
                "const q : float32[1x2] = 3 4\ny : float32[1x2] = mul(x, q)\n"
                "z : float32[1x2] = add(y, p)\nout output_0 = z\n");
}

TEST(FoldConstants, LetsAnOutputBeAConstant) {
  const Graph folded =
      FoldConstants(Parse("in input = x : float32[1]\nconst a : float32[1] = 4\n"
                          "y : float32[1] = mul(a, a)\nout output_0 = y\n"));
  EXPECT_TRUE(folded.nodes.empty());
  EXPECT_EQ(folded[folded.outputs[0].value].constant->Data<float>()[0], 16);
}

TEST(FoldConstants, LeavesWhatReadsAnInput) {
  ExpectUnchanged(FoldConstants,
                  "in input = x : float32[1]\nconst a : float32[1] = 4\n"
                  "y : float32[1] = mul(x, a)\nout output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
