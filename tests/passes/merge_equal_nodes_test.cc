#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(MergeEqualNodes, KeepsOneOfEqualChains) {
  ExpectRewrite(MergeEqualNodes,
                "in input = x : float32[1x2]\n"
                "a : float32[1x2] = tanh(x)\nb : float32[1x2] = tanh(x)\n"
                "c : float32[1x2] = exp(a)\nd : float32[1x2] = exp(b)\n"
                "e : float32[1x2] = add(c, d)\nout output_0 = e\n",
                "in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n"
                "c : float32[1x2] = exp(a)\ne : float32[1x2] = add(c, c)\n"
                "out output_0 = e\n");
}

TEST(MergeEqualNodes, LetsTwoOutputsBeOneValue) {
  ExpectRewrite(MergeEqualNodes,
                "in input = x : float32[1x2]\n"
                "a : float32[1x2] = tanh(x)\nb : float32[1x2] = tanh(x)\n"
                "out output_0 = a\nout output_1 = b\n",
                "in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n"
                "out output_0 = a\nout output_1 = a\n");
}

TEST(MergeEqualNodes, KeepsNodesThatDifferInAttributesInputsOrOrder) {
  ExpectUnchanged(MergeEqualNodes,
                  "in input = x : float32[1x2]\nin other = w : float32[1x2]\n"
                  "a : float32[1x2] = sub(x, w)\nb : float32[1x2] = sub(w, x)\n"
                  "c : float32[1x2] = sub(x, w) activation=relu\n"
                  "d : float32[1x2] = div(x, w)\n"
                  "out output_0 = a\nout output_1 = b\nout output_2 = c\n"
                  "out output_3 = d\n");
}

TEST(MergeEqualNodes, ComparesConstantsByContent) {
  ExpectRewrite(MergeEqualNodes,
                "in input = x : float32[1x2]\nconst p : float32[] = 2\n"
                "const q : float32[] = 2\nconst r : float32[] = 3\n"
                "a : float32[1x2] = mul(x, p)\nb : float32[1x2] = mul(x, q)\n"
                "c : float32[1x2] = mul(x, r)\n"
                "out output_0 = a\nout output_1 = b\nout output_2 = c\n",
                "in input = x : float32[1x2]\nconst p : float32[] = 2\n"
                "const r : float32[] = 3\n"
                "a : float32[1x2] = mul(x, p)\nc : float32[1x2] = mul(x, r)\n"
                "out output_0 = a\nout output_1 = a\nout output_2 = c\n");
}

}  // namespace
}  // namespace kinglet
