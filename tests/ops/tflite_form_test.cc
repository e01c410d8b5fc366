#include "ops/tflite_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

using testing::ElementsAre;

struct FormCase {
  const char* text;
  tflite::BuiltinOperator code;
  int version;
};

class Form : public testing::TestWithParam<FormCase> {};

// Versions as TensorFlow 2.21 writes them for the same operation.
TEST_P(Form, HasTheCodeAndVersionOfTheFormat) {
  const Graph graph = Parse(GetParam().text);
  flatbuffers::FlatBufferBuilder builder;
  const Node& node = graph.nodes.at(0);
  const TfliteOp form = DefOf(node.op).tflite(node.op, {graph, node}, builder);
  EXPECT_EQ(form.code, GetParam().code) << GetParam().text;
  EXPECT_EQ(form.version, GetParam().version) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Operations, Form,
    testing::Values(
        FormCase{"in x = x : float32[1x4x4x1]\nconst w : float32[1x1x1x1] = 1\n"
                 "const b : float32[1] = 0\ny : float32[1x4x4x1] = conv_2d(x, w, b)",
                 tflite::BuiltinOperator_CONV_2D, 1},
        FormCase{"in x = x : int8[1x4x4x1] q{1/0}\nconst w : int8[1x1x1x1] q{1/0} = 1\n"
                 "const b : int32[1] = 0\ny : int8[1x4x4x1] q{1/0} = conv_2d(x, w, b)",
                 tflite::BuiltinOperator_CONV_2D, 3},
        FormCase{"in x = x : float32[1x4x4x1]\nconst w : int8[2x1x1x1] q{1/0 2/0} = 1 1\n"
                 "const b : float32[2] = 0 0\ny : float32[1x4x4x2] = conv_2d(x, w, b)",
                 tflite::BuiltinOperator_CONV_2D, 5},
        FormCase{"in x = x : int8[1x4x4x2] q{1/0}\nconst w : int8[2x1x1x1] q{1/0} = 1 1\n"
                 "const b : int32[2] = 0 0\ny : int8[1x4x4x2] q{1/0} = conv_2d(x, w, b)",
                 tflite::BuiltinOperator_CONV_2D, 6},
        FormCase{
            "in x = x : int8[1x8] q{1/0}\nconst w : int8[1x8] q{1/0} = 1 1 1 1 1 1 1 1\n"
            "y : int8[1x1] q{1/0} = fully_connected(x, w)",
            tflite::BuiltinOperator_FULLY_CONNECTED, 4},
        FormCase{"in x = x : int8[1x1x2] q{1/0}\nconst w : int8[1x2] q{1/0} = 1 1\n"
                 "y : int8[1x1x1] q{1/0} = fully_connected(x, w)",
                 tflite::BuiltinOperator_FULLY_CONNECTED, 5},
        FormCase{"in x = x : int8[1x2] q{0.5/0}\ny : int8[1x2] q{0.5/0} = mul(x, x)",
                 tflite::BuiltinOperator_MUL, 2},
        FormCase{"in x = x : int8[1x2] q{0.5/0}\ny : int8[1x2] q{0.25/0} = mul(x, x)",
                 tflite::BuiltinOperator_MUL, 3},
        FormCase{"in x = x : int8[1x2] q{0.5/0}\ny : int8[1x2] q{1/0} = div(x, x)",
                 tflite::BuiltinOperator_DIV, 1},
        FormCase{"in x = x : int8[1x2] q{0.5/0}\ny : float32[1x2] = dequantize(x)",
                 tflite::BuiltinOperator_DEQUANTIZE, 2},
        FormCase{"in x = x : float32[1x2]\ny : int8[1x2] q{1/0} = quantize(x)",
                 tflite::BuiltinOperator_QUANTIZE, 1},
        FormCase{"in x = x : int8[1x2] q{1/0}\ny : int8[1x2] q{1/0} = relu(x) kind=relu6",
                 tflite::BuiltinOperator_RELU6, 2},
        FormCase{"in x = x : int8[1x2] q{1/0}\n"
                 "y : int8[1x2] q{1/0} = relu(x) kind=relu_n1_to_1",
                 tflite::BuiltinOperator_RELU_N1_TO_1, 1}));

TEST(Operands, PutAttributesBehindTheInputs) {
  const Graph graph = Parse(
      "in x = x : float32[1x2]\n"
      "y : float32[1x5] = pad(x) before=[0,1] after=[0,2]");
  flatbuffers::FlatBufferBuilder builder;
  const Node& node = graph.nodes.at(0);
  const TfliteOp form = DefOf(node.op).tflite(node.op, {graph, node}, builder);
  ASSERT_EQ(form.inputs.size(), 2U);
  const auto& paddings = std::get<IntsOperand>(form.inputs[1]);
  EXPECT_EQ(paddings.shape, (Shape{2, 2}));
  EXPECT_THAT(paddings.values, ElementsAre(0, 0, 1, 2));
}

TEST(Operands, MarkAMissingBias) {
  const Graph graph = Parse(
      "in x = x : float32[1x2]\nconst w : float32[1x2] = 1 1\n"
      "y : float32[1x1] = fully_connected(x, w)");
  flatbuffers::FlatBufferBuilder builder;
  const Node& node = graph.nodes.at(0);
  const TfliteOp form = DefOf(node.op).tflite(node.op, {graph, node}, builder);
  EXPECT_TRUE(std::holds_alternative<AbsentOperand>(form.inputs.at(2)));
}

}  // namespace
}  // namespace kinglet
