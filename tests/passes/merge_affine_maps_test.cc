#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"
#include "tests/support/rounds.h"
#include "tests/support/same_function.h"

namespace kinglet {
namespace {

/// Two maps of a value of the given shape, which a tanh makes.
std::string Maps(const std::string& shape, const std::string& first,
                 const std::string& second, const std::string& more = "") {
  return "in input = x0 : float32[" + shape + "]\nx : float32[" + shape +
         "] = tanh(x0)\nconst c : float32[2] = 2 4\nconst d : float32[2] = 8 -1\n"
         "const k : float32[1] = 8\n" +
         "a : float32[" + shape + "] = " + first + "\ny : float32[" + shape +
         "] = " + second + "\nout output_0 = y\n" + more;
}

std::string Depthwise(const std::string& factor, const std::string& offset,
                      const std::string& attributes = "") {
  return "in input = x0 : float32[1x1x3x2]\nx : float32[1x1x3x2] = tanh(x0)\n"
         "const w : float32[1x1x1x2] = " +
         factor + "\nconst b : float32[2] = " + offset +
         "\ny : float32[1x1x3x2] = depthwise_conv_2d(x, w, b)" + attributes +
         "\nout output_0 = y\n";
}

TEST(MergeAffineMaps, MakesADepthwiseConvolutionOfAFactorAndAnOffset) {
  const std::string picture = "1x1x3x2";
  ExpectRewrite(MergeAffineMaps, Maps(picture, "mul(x, c)", "add(a, d)"),
                Depthwise("2 4", "8 -1"));
  ExpectRewrite(MergeAffineMaps, Maps(picture, "sub(x, c)", "mul(d, a) activation=relu"),
                Depthwise("8 -1", "-16 4", " activation=relu"));
  ExpectRewrite(MergeAffineMaps, Maps(picture, "div(x, c)", "add(k, a)"),
                Depthwise("0.5 0.25", "8 8"));
}

TEST(MergeAffineMaps, MakesOneFactorOrOffsetOfTwo) {
  const auto one = [](const std::string& op, const std::string& constant) {
    return "in input = x0 : float32[1x3x2]\nx : float32[1x3x2] = tanh(x0)\n"
           "const c : float32[2] = " +
           constant + "\ny : float32[1x3x2] = " + op + "(x, c)\nout output_0 = y\n";
  };
  ExpectRewrite(MergeAffineMaps, Maps("1x3x2", "mul(x, c)", "mul(a, k)"),
                one("mul", "16 32"));
  ExpectRewrite(MergeAffineMaps, Maps("1x3x2", "sub(x, c)", "add(a, d)"),
                one("add", "6 -5"));
}

TEST(MergeAffineMaps, DeclinesClampsOtherReadersOtherShapesAndRescaledInputs) {
  const std::string picture = "1x1x3x2";
  ExpectUnchanged(MergeAffineMaps,
                  Maps(picture, "mul(x, c) activation=relu", "add(a, d)"));
  ExpectUnchanged(MergeAffineMaps,
                  Maps(picture, "mul(x, c)", "add(a, d)", "out output_1 = a\n"));
  ExpectUnchanged(MergeAffineMaps, Maps("1x3x2", "mul(x, c)", "add(a, d)"));
  ExpectUnchanged(MergeAffineMaps,
                  "in input = x : float32[1x1x3x2]\nconst k : float32[1] = 8\n"
                  "a : float32[1x1x3x2] = mul(x, k)\ny : float32[1x1x3x2] = add(a, k)\n"
                  "out output_0 = y\n");
}

TEST(MergeAffineMaps, KeepsTheFunctionOfRandomChains) {
  // Up to six maps, each of which can lose half a unit of what is at most 3^6 large.
  constexpr float kTolerance = 1e-4F;
  const std::vector<std::string> ops = {"mul", "add", "sub"};
  for (unsigned seed = 0; seed < Rounds(500); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> tenths(-30, 30);
    std::string text = "in input = x0 : float32[1x2x2x2]\n";
    const unsigned count = 2 + seed % 5;
    for (unsigned i = 0; i < count; ++i) {
      const int first = tenths(random);
      text +=
          fmt::format("const c{0} : float32[2] = {1} {2}\nx{3} : float32[1x2x2x2] = ", i,
                      first / 10.0, tenths(random) / 10.0, i + 1);
      text += fmt::format("{}(x{}, c{}){}\n", ops[random() % ops.size()], i, i,
                          random() % 4 == 0 ? " activation=relu" : "");
    }
    text += fmt::format("out output_0 = x{}\n", count);
    const Graph before = Parse(text);
    const Graph after = MergeAffineMaps(before);
    ASSERT_EQ(StructureProblem(after), std::nullopt);
    Tensor input(DType::kFloat32, {1, 2, 2, 2});
    for (float& x : input.Data<float>()) {
      x = std::uniform_real_distribution<float>(-2, 2)(random);
    }
    ExpectSameFunction(before, after, {{std::move(input)}}, kTolerance);
  }
}

}  // namespace
}  // namespace kinglet
