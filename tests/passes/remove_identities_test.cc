#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

/// exp -> `node` -> tanh, so that what is removed has a producer and a reader.
std::string Between(const std::string& constants, const std::string& node) {
  return "in input = x : float32[1x2x2x2]\n" + constants +
         "a : float32[1x2x2x2] = exp(x)\ny : float32[1x2x2x2] = " + node +
         "\nz : float32[1x2x2x2] = tanh(y)\nout output_0 = z\n";
}

const std::string kNothing =
    "in input = x : float32[1x2x2x2]\na : float32[1x2x2x2] = exp(x)\n"
    "z : float32[1x2x2x2] = tanh(a)\nout output_0 = z\n";

TEST(RemoveIdentities, DropsWhatCopiesEverything) {
  for (const char* node :
       {"reshape(a) shape=[1,2,2,2]", "transpose(a) perm=[0,1,2,3]",
        "pad(a) before=[0,0,0,0] after=[0,0,0,0]", "concatenation(a) axis=3",
        "strided_slice(a) begin=[0,0,0,0] end=[1,2,2,2] strides=[1,1,1,1]"}) {
    SCOPED_TRACE(node);
    ExpectRewrite(RemoveIdentities, Between("", node), kNothing);
  }
}

TEST(RemoveIdentities, DropsADepthwiseConvolutionByOnes) {
  const std::string zeros = "const b : float32[2] = 0 0\n";
  const std::string ones = "const w : float32[1x1x1x2] = 1 1\n";
  ExpectRewrite(RemoveIdentities, Between(ones + zeros, "depthwise_conv_2d(a, w, b)"),
                kNothing);
  ExpectUnchanged(RemoveIdentities, Between("const w : float32[1x1x1x2] = 1 2\n" + zeros,
                                            "depthwise_conv_2d(a, w, b)"));
  ExpectUnchanged(RemoveIdentities, Between(ones + "const b : float32[2] = 0 1\n",
                                            "depthwise_conv_2d(a, w, b)"));
  ExpectUnchanged(RemoveIdentities,
                  Between(ones + zeros, "depthwise_conv_2d(a, w, b) activation=relu6"));
}

TEST(RemoveIdentities, DropsAClampAtZeroOfWhatIsNeverBelow) {
  ExpectRewrite(RemoveIdentities, Between("", "relu(a)"), kNothing);
  for (const char* maker :
       {"logistic(x)", "softmax(x)", "relu(x) kind=relu6", "add(x, x) activation=relu"}) {
    SCOPED_TRACE(maker);
    const std::string head =
        "in input = x : float32[1x2]\na : float32[1x2] = " + std::string(maker) + "\n";
    ExpectRewrite(RemoveIdentities,
                  head +
                      "y : float32[1x2] = relu(a)\nz : float32[1x2] = tanh(y)\n"
                      "out output_0 = z\n",
                  head + "z : float32[1x2] = tanh(a)\nout output_0 = z\n");
  }
}

TEST(RemoveIdentities, KeepsWhatChangesSomething) {
  for (const char* node :
       {"transpose(a) perm=[0,2,1,3]", "relu(a) kind=relu6",
        "strided_slice(a) begin=[0,1,0,0] end=[1,-1,2,2] strides=[1,-1,1,1]"}) {
    SCOPED_TRACE(node);
    ExpectUnchanged(RemoveIdentities, Between("", node));
  }
  ExpectUnchanged(RemoveIdentities,  // tanh goes below zero
                  "in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n"
                  "y : float32[1x2] = relu(a)\nout output_0 = y\n");
  ExpectUnchanged(RemoveIdentities,
                  "in input = x : float32[1x2]\ny : float32[2] = reshape(x) shape=[2]\n"
                  "out output_0 = y\n");
}

TEST(RemoveIdentities, LetsAnOutputBeAnInput) {
  ExpectRewrite(RemoveIdentities,
                "in input = x : float32[1x2]\n"
                "y : float32[1x2] = reshape(x) shape=[1,2]\nout output_0 = y\n",
                "in input = x : float32[1x2]\nout output_0 = x\n");
}

}  // namespace
}  // namespace kinglet
