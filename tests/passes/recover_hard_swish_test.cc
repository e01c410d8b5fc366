#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

std::string GatedText(const std::string& nodes, const std::string& three = "3",
                      const std::string& sixth = "0.16666667") {
  return "in input = x : float32[1x4]\nconst three : float32[1] = " + three +
         "\nconst sixth : float32[1] = " + sixth + "\n" + nodes + "out output_0 = y\n";
}

const std::string kExpected =
    "in input = x : float32[1x4]\ny : float32[1x4] = hard_swish(x)\nout output_0 = y\n";

constexpr const char* kGate = "r : float32[1x4] = add(x, three) activation=relu6\n";
constexpr const char* kSplitGate =
    "s : float32[1x4] = add(x, three)\nr : float32[1x4] = relu(s) kind=relu6\n";
constexpr const char* kProductFirst =
    "p : float32[1x4] = mul(x, r)\ny : float32[1x4] = mul(p, sixth)\n";

TEST(RecoverHardSwish, KnowsEveryOrderOfTheProduct) {
  for (const std::string gate : {kGate, kSplitGate}) {
    for (const char* product :
         {kProductFirst,
          "p : float32[1x4] = mul(r, x)\ny : float32[1x4] = mul(sixth, p)\n",
          "p : float32[1x4] = mul(r, sixth)\ny : float32[1x4] = mul(x, p)\n",
          "p : float32[1x4] = mul(sixth, r)\ny : float32[1x4] = mul(p, x)\n"}) {
      SCOPED_TRACE(gate + product);
      ExpectRewrite(RecoverHardSwish, GatedText(gate + product), kExpected);
    }
  }
}

TEST(RecoverHardSwish, KnowsADivisionAndKerasSixth) {
  ExpectRewrite(RecoverHardSwish,
                GatedText(std::string(kGate) + "p : float32[1x4] = mul(x, r)\n"
                                               "y : float32[1x4] = div(p, sixth)\n",
                          "3", "6"),
                kExpected);
  ExpectRewrite(RecoverHardSwish,
                GatedText(std::string(kGate) + kProductFirst, "3", "0.16666666"),
                kExpected);
}

TEST(RecoverHardSwish, DeclinesOtherConstantsClampsAndFactors) {
  const std::string whole = std::string(kGate) + kProductFirst;
  ExpectUnchanged(RecoverHardSwish, GatedText(whole, "2"));
  ExpectUnchanged(RecoverHardSwish, GatedText(whole, "3", "0.2"));
  ExpectUnchanged(
      RecoverHardSwish,
      GatedText(std::string("r : float32[1x4] = add(x, three) activation=relu\n") +
                kProductFirst));
  ExpectUnchanged(
      RecoverHardSwish,
      GatedText(std::string("e : float32[1x4] = exp(x)\n"
                            "r : float32[1x4] = add(e, three) activation=relu6\n") +
                kProductFirst));
}

TEST(RecoverHardSwish, DeclinesWhereAProductHasAnotherReader) {
  const std::string whole = std::string(kGate) + kProductFirst;
  ExpectUnchanged(RecoverHardSwish, GatedText(whole) + "out output_1 = p\n");
  ExpectUnchanged(RecoverHardSwish, GatedText(whole) + "out output_1 = r\n");
}

TEST(RecoverHardSwish, LeavesAHardSigmoidAlone) {
  ExpectUnchanged(RecoverHardSwish,
                  GatedText(std::string(kGate) + "y : float32[1x4] = mul(r, sixth)\n"));
}

}  // namespace
}  // namespace kinglet
