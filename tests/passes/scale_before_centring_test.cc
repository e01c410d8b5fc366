#include <gtest/gtest.h>

#include "ir/text.h"
#include "passes/passes.h"
#include "tests/support/random_graph.h"
#include "tests/support/rewrite_testing.h"
#include "tests/support/same_function.h"

namespace kinglet {
namespace {

/// The difference has another reader, which keeps it.
constexpr const char* kBefore =
    "in x = x : float32[1x4x3]\n"
    "mean : float32[1x4x1] = mean(x) axes=[2] keep_dims=true\n"
    "centred : float32[1x4x3] = sub(x, mean)\n"
    "squares : float32[1x4x3] = mul(centred, centred)\n"
    "variance : float32[1x4x1] = mean(squares) axes=[2] keep_dims=true\n"
    "r : float32[1x4x1] = rsqrt(variance)\n";

TEST(ScaleBeforeCentring, TakesTheScaledMeanOffWhatIsScaled) {
  for (const char* product : {"mul(centred, r)", "mul(r, centred)"}) {
    ExpectRewrite(ScaleBeforeCentring,
                  kBefore + std::string("y : float32[1x4x3] = ") + product +
                      " activation=relu\nout output_0 = y\n",
                  std::string(kBefore) +
                      "a : float32[1x4x3] = mul(x, r)\n"
                      "b : float32[1x4x1] = mul(mean, r)\n"
                      "y : float32[1x4x3] = sub(a, b) activation=relu\n"
                      "out output_0 = y\n");
  }
}

TEST(ScaleBeforeCentring, LeavesOtherDifferencesAndFactors) {
  const std::string x =
      "in x = x : float32[1x4x3]\nin z = z : float32[1x4x3]\n"
      "in r = r : float32[1x4x1]\nconst c : float32[1x4x1] = 1 2 3 4\n"
      "mean : float32[1x4x1] = mean(x) axes=[2] keep_dims=true\n";
  for (const std::string rest :
       {"d : float32[1x4x3] = sub(x, r)\ny : float32[1x4x3] = mul(d, r)\n",
        "d : float32[1x4x3] = sub(z, mean)\ny : float32[1x4x3] = mul(d, r)\n",
        "d : float32[1x4x3] = sub(x, mean) activation=relu\n"
        "y : float32[1x4x3] = mul(d, r)\n",
        "d : float32[1x4x3] = sub(x, mean)\ny : float32[1x4x3] = mul(d, c)\n",
        "d : float32[1x4x3] = sub(x, mean)\ny : float32[1x4x3] = mul(d, z)\n"}) {
    ExpectUnchanged(ScaleBeforeCentring,
                    x + rest + "out output_0 = y\nout output_1 = mean\n");
  }
}

TEST(ScaleBeforeCentring, KeepsTheFunction) {
  const Graph graph = Parse(std::string(kBefore) +
                            "y : float32[1x4x3] = mul(centred, r)\nout output_0 = y\n");
  RandomGraph random(3);
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 50; ++i) samples.push_back({random.Floats({1, 4, 3}, -2, 3)});
  ExpectSameFunction(graph, ScaleBeforeCentring(graph), samples, 1e-5F);
}

}  // namespace
}  // namespace kinglet
