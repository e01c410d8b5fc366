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

TEST(ExpressSquares, TakesADifferenceIn) {
  ExpectRewrite(ExpressSquares,
                "in a = a : float32[1x3]\nin b = b : float32[3]\n"
                "d : float32[1x3] = sub(a, b)\ny : float32[1x3] = square(d)\n"
                "out output_0 = y\n",
                "in a = a : float32[1x3]\nin b = b : float32[3]\n"
                "y : float32[1x3] = squared_difference(a, b)\nout output_0 = y\n");
}

TEST(ExpressSquares, LeavesADifferenceThatIsClampedSharedOrMovesChannels) {
  const std::string start =
      "in a = a : float32[1x3]\nin b = b : float32[1x3]\nconst c : float32[3] = 1 2 3\n";
  for (const char* d : {"sub(a, b) activation=relu", "sub(a, c)"}) {
    const std::string difference = start + "d : float32[1x3] = " + d + "\n";
    ExpectRewrite(ExpressSquares,
                  difference + "y : float32[1x3] = square(d)\nout output_0 = y\n",
                  difference + "y : float32[1x3] = mul(d, d)\nout output_0 = y\n");
  }
  ExpectRewrite(ExpressSquares,
                "in a = a : float32[1x1x3]\nconst c : float32[2x3] = 1 2 3 4 5 6\n"
                "d : float32[1x2x3] = sub(a, c)\ny : float32[1x2x3] = square(d)\n"
                "out output_0 = y\n",
                "in a = a : float32[1x1x3]\nconst c : float32[2x3] = 1 2 3 4 5 6\n"
                "y : float32[1x2x3] = squared_difference(a, c)\nout output_0 = y\n");
  const std::string shared = start + "d : float32[1x3] = sub(a, b)\n";
  const std::string outputs = "out output_0 = y\nout output_1 = d\n";
  ExpectRewrite(ExpressSquares, shared + "y : float32[1x3] = square(d)\n" + outputs,
                shared + "y : float32[1x3] = mul(d, d)\n" + outputs);
}

TEST(ExpressSquares, LeavesASquareAlone) {
  ExpectUnchanged(ExpressSquares,
                  "in x = x : float32[1x3]\ny : float32[1x3] = square(x)\n"
                  "out output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
