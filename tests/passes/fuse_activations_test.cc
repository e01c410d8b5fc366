#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

std::string AddThen(const std::string& first, const std::string& relu) {
  return "in input = x : float32[1x4]\n"
         "y : float32[1x4] = add(x, x)" +
         (first.empty() ? "" : " activation=" + first) + "\nz : float32[1x4] = relu(y)" +
         (relu == "relu" ? "" : " kind=" + relu) + "\nout output_0 = z\n";
}

std::string OneAdd(const std::string& activation) {
  return "in input = x : float32[1x4]\ny : float32[1x4] = add(x, x) activation=" +
         activation + "\nout output_0 = y\n";
}

TEST(FuseActivations, MovesAClampIntoItsProducer) {
  for (const char* relu : {"relu", "relu6", "relu_n1_to_1"}) {
    ExpectRewrite(FuseActivations, AddThen("", relu), OneAdd(relu));
  }
}

TEST(FuseActivations, CombinesTwoClamps) {
  ExpectRewrite(FuseActivations, AddThen("relu", "relu6"), OneAdd("relu6"));
  ExpectRewrite(FuseActivations, AddThen("relu6", "relu"), OneAdd("relu6"));
  ExpectRewrite(FuseActivations, AddThen("relu6", "relu6"), OneAdd("relu6"));
}

TEST(FuseActivations, DeclinesClampsThatMakeNoThird) {
  ExpectUnchanged(FuseActivations, AddThen("relu", "relu_n1_to_1"));
  ExpectUnchanged(FuseActivations, AddThen("relu_n1_to_1", "relu6"));
}

TEST(FuseActivations, MergesTwoThatStandAlone) {
  ExpectRewrite(FuseActivations,
                "in input = x : float32[1x4]\ny : float32[1x4] = relu(x)\n"
                "z : float32[1x4] = relu(y) kind=relu6\nout output_0 = z\n",
                "in input = x : float32[1x4]\n"
                "z : float32[1x4] = relu(x) kind=relu6\nout output_0 = z\n");
}

TEST(FuseActivations, DeclinesWhereTheProducerHasAnotherReaderOrNoClamp) {
  ExpectUnchanged(FuseActivations,
                  "in input = x : float32[1x4]\ny : float32[1x4] = add(x, x)\n"
                  "z : float32[1x4] = relu(y)\nout output_0 = z\nout output_1 = y\n");
  ExpectUnchanged(FuseActivations,
                  "in input = x : float32[1x4]\ny : float32[1x4] = tanh(x)\n"
                  "z : float32[1x4] = relu(y)\nout output_0 = z\n");
}

}  // namespace
}  // namespace kinglet
