#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"
#include "tests/support/rounds.h"
#include "tests/support/same_function.h"

namespace kinglet {
namespace {

const std::string kClamped =
    "in input = x0 : float32[1x1x3x2]\nx : float32[1x1x3x2] = relu(x0)\n";

/// A factor per channel, named `name`, of `of`.
std::string Line(const char* name, const char* of, const char* factors, const char* bias,
                 const char* attributes = "") {
  return fmt::format(
      "const k{0} : float32[1x1x1x2] = {2}\nconst b{0} : float32[2] = {3}\n"
      "{0} : float32[1x1x3x2] = depthwise_conv_2d({1}, k{0}, b{0}){4}\n",
      name, of, factors, bias, attributes);
}

TEST(MergeHinges, MakesRowsOfAPiecewiseLinearFunction) {
  ExpectRewrite(
      MergeHinges,
      kClamped + Line("a", "x", "3 5", "1 0") +
          Line("h", "x", "2 -4", "-1 8", " activation=relu") +
          Line("c", "h", "3 -1", "0 2") +
          "y : float32[1x1x3x2] = add(a, c) activation=relu\nout output_0 = y\n",
      // 3 relu(2 x - 1) = 6 relu(x - 0.5); -relu(8 - 4 x) + 2 = 4 x - 6 - 4 relu(x - 2)
      kClamped +
          "const t : float32[1x2x1x2] = 0 0 -0.5 -2\n"
          "const k : float32[1x2x1x2] = 3 9 6 -4\nconst b : float32[2] = 1 -6\n"
          "r : float32[1x2x3x2] = add(x, t) activation=relu\n"
          "y : float32[1x1x3x2] = depthwise_conv_2d(r, k, b) activation=relu\n"
          "out output_0 = y\n");
}

TEST(MergeHinges, TakesOneFactorForADifference) {
  ExpectRewrite(MergeHinges,
                "in input = x : float32[1x1x3x2]\n" + Line("a", "x", "0.25 3", "1 0") +
                    "y : float32[1x1x3x2] = sub(x, a)\nout output_0 = y\n",
                "in input = x : float32[1x1x3x2]\n"
                "const k : float32[1x1x1x2] = 0.75 -2\nconst b : float32[2] = -1 0\n"
                "y : float32[1x1x3x2] = depthwise_conv_2d(x, k, b)\nout output_0 = y\n");
}

TEST(MergeHinges, DropsAClampThatClampsNothing) {
  ExpectRewrite(MergeHinges,
                kClamped + Line("a", "x", "1 2", "0 3", " activation=relu") +
                    "y : float32[1x1x3x2] = add(x, a)\nout output_0 = y\n",
                kClamped +
                    "const k : float32[1x1x1x2] = 2 3\nconst b : float32[2] = 0 3\n"
                    "y : float32[1x1x3x2] = depthwise_conv_2d(x, k, b)\n"
                    "out output_0 = y\n");
}

TEST(MergeHinges, DeclinesWhatMayFallBelowZeroIsSharedOrBendsTwice) {
  const std::string hinge =
      Line("h", "x", "2 4", "-1 -8", " activation=relu") + Line("a", "x", "1 3", "0 0");
  const std::string sum = "y : float32[1x1x3x2] = add(a, h)\nout output_0 = y\n";
  ExpectUnchanged(MergeHinges, "in input = x : float32[1x1x3x2]\n" + hinge + sum);
  ExpectUnchanged(MergeHinges, kClamped + hinge + sum + "out output_1 = h\n");
  ExpectUnchanged(MergeHinges, kClamped +
                                   Line("h", "x", "2 4", "-1 -8", " activation=relu6") +
                                   Line("a", "x", "1 3", "0 0") + sum);
  ExpectUnchanged(MergeHinges,
                  "in input = x0 : float32[1x2x3x2]\nx : float32[1x2x3x2] = relu(x0)\n"
                  "const k : float32[1x1x1x2] = 2 3\nconst b : float32[2] = -1 -1\n"
                  "h : float32[1x2x3x2] = depthwise_conv_2d(x, k, b) activation=relu\n"
                  "a : float32[1x2x3x2] = depthwise_conv_2d(x, k, b)\n"
                  "y : float32[1x2x3x2] = add(a, h)\nout output_0 = y\n");
}

/// Sums of factors, clamped here and there, of a tensor at or above zero.
class RandomSum {
 public:
  explicit RandomSum(unsigned seed) : random_(seed) {}

  std::string Text() {
    const std::string root = Term(4);
    return kClamped + text_ + "out output_0 = " + root + "\n";
  }

 private:
  std::string Term(int depth) {
    const unsigned kind = random_() % 4;
    if (depth == 0 || kind == 0) return "x";
    const std::string clamp = random_() % 3 == 0 ? " activation=relu" : "";
    if (kind == 1) {
      const std::string of = Term(depth - 1);
      const std::string name = NewName();
      text_ += Line(name.c_str(), of.c_str(), Numbers().c_str(), Numbers().c_str(),
                    clamp.c_str());
      return name;
    }
    const std::string a = Term(depth - 1);
    const std::string b = Term(depth - 1);
    const std::string name = NewName();
    text_ += fmt::format("{} : float32[1x1x3x2] = {}({}, {}){}\n", name,
                         kind == 2 ? "add" : "sub", a, b, clamp);
    return name;
  }

  std::string NewName() { return fmt::format("v{}", count_++); }

  std::string Numbers() {
    std::uniform_int_distribution<int> tenths(-20, 20);
    const int first = tenths(random_);
    return fmt::format("{} {}", first / 10.0, tenths(random_) / 10.0);
  }

  std::mt19937 random_;
  std::string text_;
  int count_ = 0;
};

TEST(MergeHinges, KeepsTheFunctionOfRandomSums) {
  // Up to 16 terms of up to 2^4 * 4 each in float32.
  constexpr float kTolerance = 1e-4F;
  int merged = 0;
  for (unsigned seed = 0; seed < Rounds(2000); ++seed) {
    SCOPED_TRACE(seed);
    const Graph before = Parse(RandomSum(seed).Text());
    const Graph after = MergeHinges(before);
    ASSERT_EQ(StructureProblem(after), std::nullopt);
    merged += after == before ? 0 : 1;
    Tensor input(DType::kFloat32, before[before.inputs[0].value].shape);
    std::mt19937 random(seed);
    for (float& x : input.Data<float>()) {
      x = std::uniform_real_distribution<float>(-1, 4)(random);
    }
    ExpectSameFunction(before, after, {{std::move(input)}}, kTolerance);
  }
  EXPECT_GT(merged, static_cast<int>(Rounds(2000)) / 4);
}

}  // namespace
}  // namespace kinglet
