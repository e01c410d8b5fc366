#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(ExpressSquares, MultipliesWhatOtherOperationsMakeOrRead) {
  ExpectRewrite(ExpressSquares,
                "in x = x : float32[1x3]\na : float32[1x3] = square(x)\n"
                "b : float32[1x3] = tanh(a)\ny : float32[1x3] = square(b)\n"
                "out output_0 = y\n",
                "in x = x : float32[1x3]\na : float32[1x3] = mul(x, x)\n"
                "b : float32[1x3] = tanh(a)\ny : float32[1x3] = mul(b, b)\n"
                "out output_0 = y\n");
}

TEST(ExpressSquares, LeavesASquareAlone) {
  ExpectUnchanged(ExpressSquares,
                  "in x = x : float32[1x3]\ny : float32[1x3] = square(x)\n"
                  "out output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
