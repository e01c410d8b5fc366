#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

using Names = std::vector<std::string>;

/// What `text` becomes, which has to be `after`, but for names.
LogitOutputs Dropped(const std::string& text, const std::string& after) {
  LogitOutputs result = DropOutputActivations(Parse(text));
  EXPECT_EQ(StructureProblem(result.graph), std::nullopt);
  EXPECT_EQ(TextWithoutNames(result.graph), TextWithoutNames(Parse(after)));
  return result;
}

constexpr const char* kInput = "in input = x : float32[2x3]\nz : float32[2x3] = abs(x)\n";

TEST(DropOutputActivations, MakesTheOperandOfTheLastActivationAnOutput) {
  for (const char* op : {"logistic", "softmax", "log_softmax"}) {
    const auto result = Dropped(
        std::string(kInput) + "y : float32[2x3] = " + op + "(z)\nout output_0 = y\n",
        std::string(kInput) + "out output_0 = z\n");
    EXPECT_EQ(result.dropped, Names{"output_0"}) << op;
    EXPECT_EQ(result.others, Names{}) << op;
  }
}

TEST(DropOutputActivations, LeavesOtherOutputsAndNamesThem) {
  const std::string other = "a : float32[2x3] = tanh(z)\n";
  const auto result = Dropped(kInput + other +
                                  "y : float32[2x3] = softmax(z)\n"
                                  "out output_0 = a\nout output_1 = y\n",
                              kInput + other + "out output_0 = a\nout output_1 = z\n");
  EXPECT_EQ(result.dropped, Names{"output_1"});
  EXPECT_EQ(result.others, Names{"output_0"});
}

TEST(DropOutputActivations, LooksThroughMoversAndRepeatsThem) {
  const std::string movers =
      "t : float32[3x2] = transpose(V) perm=[1,0]\nr : float32[6] = reshape(t) "
      "shape=[6]\nout output_0 = r\n";
  const auto over = [&](char value) {
    std::string text = movers;
    text[text.find('V')] = value;
    return text;
  };
  Dropped(kInput + std::string("y : float32[2x3] = softmax(z)\n") + over('y'),
          kInput + over('z'));
}

TEST(DropOutputActivations, KeepsAnActivationForItsOtherReaders) {
  const std::string rest =
      "y : float32[2x3] = logistic(z)\nn : float32[2x3] = abs(y)\nout output_0 = n\n";
  Dropped(kInput + rest + "out output_1 = y\n", kInput + rest + "out output_1 = z\n");
}

TEST(DropOutputActivations, StopsAtWhatComputesBehindTheActivation) {
  const std::string text =
      kInput + std::string(
                   "y : float32[2x3] = logistic(z)\nm : float32[2] = "
                   "reduce_max(y) axes=[1]\nout output_0 = m\n");
  EXPECT_EQ(Dropped(text, text).others, Names{"output_0"});
}

}  // namespace
}  // namespace kinglet
