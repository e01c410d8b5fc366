#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

std::string Text(const std::string& constant, const std::string& nodes) {
  return "in input = x : float32[1x2x2x3]\n" + constant + nodes + "out output_0 = y\n";
}

constexpr const char* kReshape = "r : float32[1x4x3] = reshape(x) shape=[1,4,3]\n";

TEST(SinkMovers, MovesElementWiseOperationsInFront) {
  for (const char* op : {"relu", "leaky_relu", "logistic", "tanh", "exp", "log", "abs",
                         "elu", "hard_swish", "sqrt", "square", "neg"}) {
    SCOPED_TRACE(op);
    ExpectRewrite(
        SinkMovers,
        Text("", kReshape + ("y : float32[1x4x3] = " + std::string(op) + "(r)\n")),
        Text("", "a : float32[1x2x2x3] = " + std::string(op) +
                     "(x)\ny : float32[1x4x3] = reshape(a) shape=[1,4,3]\n"));
  }
}

TEST(SinkMovers, MovesConstantsPerChannelAndForAll) {
  for (const char* c :
       {"float32[3] = 1 2 3", "float32[1x1x3] = 1 2 3", "float32[1] = 1"}) {
    SCOPED_TRACE(c);
    const std::string constant = "const c : " + std::string(c) + "\n";
    for (const char* operands : {"mul(?, c)", "add(c, ?)", "sub(?, c)"}) {
      const auto with = [&](char operand) {
        std::string text = operands;
        text[text.find('?')] = operand;
        return text;
      };
      ExpectRewrite(
          SinkMovers,
          Text(constant, kReshape + ("y : float32[1x4x3] = " + with('r') + "\n")),
          Text(constant, "a : float32[1x2x2x3] = " + with('x') +
                             "\ny : float32[1x4x3] = reshape(a) shape=[1,4,3]\n"));
    }
  }
}

TEST(SinkMovers, TakesAClampAlong) {
  ExpectRewrite(
      SinkMovers,
      Text("const c : float32[3] = 1 2 3\n",
           std::string(kReshape) + "y : float32[1x4x3] = add(r, c) activation=relu\n"),
      Text("const c : float32[3] = 1 2 3\n",
           "a : float32[1x2x2x3] = add(x, c) activation=relu\n"
           "y : float32[1x4x3] = reshape(a) shape=[1,4,3]\n"));
}

TEST(SinkMovers, DeclinesConstantsThatTheReshapeWouldMisplace) {
  ExpectUnchanged(SinkMovers,  // other channels
                  Text("const c : float32[12] = 1 2 3 4 5 6 7 8 9 10 11 12\n",
                       "r : float32[1x12] = reshape(x) shape=[1,12]\n"
                       "y : float32[1x12] = mul(r, c)\n"));
  ExpectUnchanged(SinkMovers,  // along another axis
                  Text("const c : float32[4x1] = 1 2 3 4\n",
                       std::string(kReshape) + "y : float32[1x4x3] = mul(r, c)\n"));
  ExpectUnchanged(SinkMovers,  // of higher rank than the input
                  "in input = x : float32[3]\nconst c : float32[1x1x3] = 1 2 3\n"
                  "r : float32[1x1x3] = reshape(x) shape=[1,1,3]\n"
                  "y : float32[1x1x3] = mul(r, c)\nout output_0 = y\n");
}

TEST(SinkMovers, DeclinesOtherOperationsAndSharedReshapes) {
  ExpectUnchanged(SinkMovers,
                  Text("", std::string(kReshape) + "y : float32[1x4x3] = softmax(r)\n"));
  ExpectUnchanged(SinkMovers,
                  Text("", std::string(kReshape) + "y : float32[1x4x3] = add(r, r)\n"));
  ExpectUnchanged(SinkMovers,
                  Text("", std::string(kReshape) + "y : float32[1x4x3] = tanh(r)\n") +
                      "out output_1 = r\n");
}

TEST(SinkMovers, MovesOperationsInFrontOfATransposition) {
  ExpectRewrite(SinkMovers,
                "in x = x : float32[1x2x3x2]\nconst c : float32[2] = 2 3\n"
                "a : float32[1x3x2x2] = transpose(x) perm=[0,2,1,3]\n"
                "b : float32[1x3x2x2] = relu(a)\n"
                "y : float32[1x3x2x2] = mul(b, c)\nout output_0 = y\n",
                "in x = x : float32[1x2x3x2]\nconst c : float32[2] = 2 3\n"
                "a : float32[1x2x3x2] = relu(x)\n"
                "b : float32[1x2x3x2] = mul(a, c)\n"
                "y : float32[1x3x2x2] = transpose(b) perm=[0,2,1,3]\nout output_0 = y\n");
}

TEST(SinkMovers, LeavesFactorsOfChannelsThatATranspositionMoved) {
  ExpectUnchanged(SinkMovers,
                  "in x = x : float32[1x2x2]\nconst c : float32[2] = 2 3\n"
                  "a : float32[1x2x2] = transpose(x) perm=[0,2,1]\n"
                  "y : float32[1x2x2] = mul(a, c)\nout output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
