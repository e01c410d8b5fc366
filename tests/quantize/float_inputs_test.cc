#include "quantize/float_inputs.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/text.h"

namespace kinglet {
namespace {

const std::string kInput =
    "in input = x : float32[1x4]\nconst k : float32[1] = 2\n"
    "const w : float32[4x4] = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n";

/// The names of the results that are left in float.
std::string InFloat(const std::string& text) {
  const Graph graph = Parse(kInput + text);
  const Precisions precisions = WithFloatInputs(graph, {});
  std::string names;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (precisions[i] == Precision::kFloat) {
      names += graph[graph.nodes[i].outputs[0]].name + " ";
    }
  }
  return names;
}

TEST(WithFloatInputs, LeavesFunctionsOfElementsBeforeTheFirstLayer) {
  EXPECT_EQ(InFloat("a : float32[1x4] = maximum(x, k)\n"
                    "b : float32[1x4] = log(a)\nc : float32[1x4] = mul(b, x)\n"
                    "d : float32[1x4] = fully_connected(c, w)\n"
                    "e : float32[1x4] = tanh(d)\nf : float32[1x4] = add(e, c)\n"
                    "out output_0 = f\n"),
            "a b c ");
}

// A file without INT8 operations is not what was asked for.
TEST(WithFloatInputs, KeepsWhatMakesAnOutput) {
  EXPECT_EQ(InFloat("a : float32[1x4] = log(x)\nb : float32[1x4] = tanh(a)\n"
                    "out output_0 = b\n"),
            "a ");
  EXPECT_EQ(InFloat("a : float32[1x4] = log(x)\nout output_0 = a\n"), "");
}

TEST(WithFloatInputs, KeepsWhatBroadcastsTheInput) {
  EXPECT_EQ(InFloat("const rows : float32[3x1] = 1 2 3\n"
                    "a : float32[3x4] = add(x, rows)\nb : float32[3x4] = tanh(a)\n"
                    "c : float32[3x4] = mul(b, k)\nout output_0 = c\n"),
            "");
}

TEST(WithFloatInputs, LeavesOtherPrecisionsAsTheyAre) {
  const Graph graph = Parse(kInput +
                            "a : float32[1x4] = log(x)\n"
                            "b : float32[1x4] = tanh(a)\nout output_0 = b\n");
  EXPECT_EQ(WithFloatInputs(graph, {Precision::kInt8, Precision::kInt16}),
            (Precisions{Precision::kFloat, Precision::kInt16}));
}

}  // namespace
}  // namespace kinglet
