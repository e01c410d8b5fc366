#include "quantize/float_outputs.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/text.h"
#include "tests/support/operations.h"

namespace kinglet {
namespace {

QuantizedGraph After(const std::string& activation, const std::string& more = "") {
  return WithFloatOutputs({Parse("in input = x : int8[1x4] q{0.1/0}\n"
                                 "y : int8[1x4] q{0.00390625/-128} = " +
                                 activation +
                                 "(x)\n"
                                 "z : float32[1x4] = dequantize(y)\n" +
                                 more + "out output_0 = z\n"),
                           {}});
}

TEST(FloatOutputs, ComputeTheLastActivationInFloat) {
  for (const char* name : {"logistic", "softmax", "log_softmax", "l2_normalization"}) {
    const QuantizedGraph after = After(name);
    EXPECT_EQ(StructureProblem(after.graph), std::nullopt);
    EXPECT_EQ(Operations(after.graph), std::string("dequantize ") + name);
    EXPECT_EQ(after.graph[after.graph.outputs[0].value].name, "z");
    EXPECT_EQ(after.float_operators,
              std::vector<std::string>{std::string("y (") + name + ")"});
  }
}

TEST(FloatOutputs, LeaveOtherOperationsAndOtherReaders) {
  EXPECT_EQ(Operations(After("tanh").graph), "tanh dequantize");
  EXPECT_EQ(Operations(After("softmax", "out output_1 = y\n").graph),
            "softmax dequantize");
}

}  // namespace
}  // namespace kinglet
