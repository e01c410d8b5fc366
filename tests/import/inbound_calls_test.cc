// How calls are read, of the spellings of Keras 2 and 3.
#include "import/inbound_calls.h"

#include <gtest/gtest.h>

namespace kinglet {
namespace {

LayerCall CallFrom(const char* node, Callee callee) {
  const auto calls = ParseCalls(Json::array({Json::parse(node)}), {"x", "m"}, callee);
  EXPECT_EQ(calls.size(), 1U);
  return calls.at(0);
}

constexpr const char* kMasked2 = R"([["x", 0, 0, {"mask": [[true, false]]}]])";

TEST(ParseCalls, MakesArraysOfKeras2OperandsOfALayer) {
  const LayerCall call = CallFrom(kMasked2, Callee::kLayer);
  ASSERT_EQ(call.inputs.size(), 2U);
  EXPECT_EQ(call.inputs[0], (Edge{"x", 0, 0}));
  EXPECT_EQ(call.kwargs["mask"][kInputKey], 1);
  ASSERT_NE(call.inputs[1].array, nullptr);
  EXPECT_EQ(call.inputs[1].array->shape(), (Shape{1, 2}));
  EXPECT_TRUE(call.inputs[1].array->Data<bool>()[0]);

  const LayerCall sum = CallFrom(
      R"([["x", 0, 0, {}], ["_CONSTANT_VALUE", -1, [[1, 2.5]], {}]])", Callee::kLayer);
  ASSERT_EQ(sum.inputs.size(), 2U);
  EXPECT_EQ(sum.inputs[1].array->Data<float>()[1], 2.5F);
}

TEST(ParseCalls, TakesTensorsAmongKeywordsOfKeras2) {
  const LayerCall call =
      CallFrom(R"([["x", 0, 0, {"initial_state": [["m", 0, 1]], "training": false}]])",
               Callee::kLayer);
  ASSERT_EQ(call.inputs.size(), 2U);
  EXPECT_EQ(call.inputs[1], (Edge{"m", 0, 1}));
  EXPECT_EQ(call.kwargs["training"], false);
}

TEST(ParseCalls, LeavesArraysToFunctions) {
  const LayerCall call = CallFrom(kMasked2, Callee::kFunction);
  EXPECT_EQ(call.inputs.size(), 1U);
  EXPECT_TRUE(call.kwargs["mask"].is_array());
}

}  // namespace
}  // namespace kinglet
