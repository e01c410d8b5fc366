#include "ops/infer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ops/op_def.h"

namespace kinglet {
namespace {

using testing::HasSubstr;

struct InferCase {
  Op op;
  std::vector<Shape> inputs;
  Shape expected;
  std::string problem = "";
};

std::string Describe(const InferCase& c) {
  std::string text(NameOf(c.op));
  for (const Shape& shape : c.inputs) text += " " + ToString(shape);
  return text;
}

class InferTypesOf : public testing::TestWithParam<InferCase> {};

TEST_P(InferTypesOf, GivesTheShapeOrSaysWhyNot) {
  const InferCase& c = GetParam();
  std::vector<TensorType> inputs;
  for (const Shape& shape : c.inputs) inputs.push_back({DType::kFloat32, shape});
  const Inferred inferred = InferTypes(c.op, inputs);
  if (c.problem.empty()) {
    ASSERT_TRUE(std::holds_alternative<std::vector<TensorType>>(inferred)) << Describe(c);
    EXPECT_EQ(std::get<0>(inferred).at(0).shape, c.expected) << Describe(c);
  } else {
    ASSERT_TRUE(std::holds_alternative<std::string>(inferred)) << Describe(c);
    EXPECT_THAT(std::get<1>(inferred), HasSubstr(c.problem)) << Describe(c);
  }
}

// Expected shapes are Keras' and NumPy's for the same operation.
INSTANTIATE_TEST_SUITE_P(
    Operations, InferTypesOf,
    testing::Values(
        InferCase{Conv2d{.padding = Padding::kSame, .stride_h = 2, .stride_w = 2},
                  {{1, 7, 8, 3}, {16, 3, 3, 3}, {16}},
                  {1, 4, 4, 16}},
        InferCase{
            Conv2d{.dilation_h = 2}, {{1, 7, 8, 4}, {6, 3, 3, 2}, {6}}, {1, 3, 6, 6}},
        InferCase{Conv2d{}, {{1, 7, 8, 3}, {6, 3, 3, 2}, {6}}, {}, "weights 6x3x3x2"},
        InferCase{Conv2d{}, {{1, 7, 8, 4}, {5, 3, 3, 2}, {5}}, {}, "weights 5x3x3x2"},
        InferCase{Conv2d{}, {{1, 2, 8, 3}, {6, 3, 3, 3}, {6}}, {}, "kernel is larger"},
        InferCase{
            Conv2d{}, {{1, 4, 8, 3}, {6, 3, 3, 3}, {5}}, {}, "bias of another size"},
        InferCase{Conv2d{}, {{1, 8, 3}, {6, 3, 3, 3}, {6}}, {}, "rank 4"},
        InferCase{DepthwiseConv2d{.padding = Padding::kSame},
                  {{1, 5, 5, 4}, {1, 3, 3, 8}, {8}},
                  {1, 5, 5, 8}},
        InferCase{DepthwiseConv2d{}, {{1, 5, 5, 4}, {1, 3, 3, 6}, {6}}, {}, "weights"},
        InferCase{FullyConnected{}, {{1, 5, 8}, {3, 8}, {3}}, {1, 5, 3}},
        InferCase{FullyConnected{}, {{1, 8}, {3, 8}}, {1, 3}},
        InferCase{FullyConnected{}, {{1, 7}, {3, 8}}, {}, "weights 3x8 for input 1x7"},
        InferCase{Add{}, {{1, 4, 4, 2}, {2}}, {1, 4, 4, 2}},
        InferCase{Mul{}, {{1, 1, 1, 2}, {1, 4, 4, 1}}, {1, 4, 4, 2}},
        InferCase{Sub{}, {{1, 3}, {1, 2}}, {}, "don't broadcast"},
        InferCase{Maximum{}, {{1, 3}, {}}, {1, 3}},
        InferCase{Softmax{}, {{1, 3}}, {1, 3}},
        InferCase{Softmax{}, {{1, 3}, {1, 3}}, {}, "2 inputs, where 1 to 1"},
        InferCase{MaxPool2d{{.stride_h = 2, .stride_w = 2, .filter_h = 2, .filter_w = 2}},
                  {{1, 5, 4, 3}},
                  {1, 2, 2, 3}},
        InferCase{AveragePool2d{{.filter_h = 6}}, {{1, 5, 4, 3}}, {}, "window is larger"},
        InferCase{Mean{{.axes = {1, 2}}}, {{1, 5, 4, 3}}, {1, 3}},
        InferCase{
            ReduceMax{{.axes = {1, 2}, .keep_dims = true}}, {{1, 5, 4, 3}}, {1, 1, 1, 3}},
        InferCase{Sum{{.axes = {4}}}, {{1, 5, 4, 3}}, {}, "axis 4 out of range"},
        InferCase{Reshape{{1, 60}}, {{1, 5, 4, 3}}, {1, 60}},
        InferCase{Reshape{{1, 61}}, {{1, 5, 4, 3}}, {}, "other elements"},
        InferCase{Transpose{{0, 3, 2, 1}}, {{1, 5, 4, 3}}, {1, 3, 4, 5}},
        InferCase{Transpose{{0, 1, 1, 2}}, {{1, 5, 4, 3}}, {}, "no permutation"},
        InferCase{Pad{{0, 1}, {0, 2}}, {{1, 5}}, {1, 8}},
        InferCase{Pad{{0, -1}, {0, 2}}, {{1, 5}}, {}, "negative"},
        InferCase{StridedSlice{{0, 1}, {1, 5}, {1, 2}}, {{1, 5}}, {1, 2}},
        InferCase{StridedSlice{{0, 4}, {1, -1}, {1, -2}}, {{1, 5}}, {1, 3}},
        InferCase{StridedSlice{{0, 4}, {1, 6}, {1, 1}}, {{1, 5}}, {}, "outside"},
        InferCase{StridedSlice{{0, 3}, {1, 3}, {1, 1}}, {{1, 5}}, {}, "empty"},
        InferCase{StridedSlice{{0, 3}, {1, 4}, {1, 1}, {1}}, {{1, 5}}, {1}},
        InferCase{StridedSlice{{0, 3}, {1, 5}, {1, 1}, {1}}, {{1, 5}}, {}, "dropped"},
        InferCase{StridedSlice{{0, 3}, {1, 4}, {1, 1}, {2}}, {{1, 5}}, {}, "dropped"},
        InferCase{Concatenation{1}, {{1, 2, 3}, {1, 4, 3}}, {1, 6, 3}},
        InferCase{Concatenation{1}, {{1, 2, 3}, {1, 4, 2}}, {}, "doesn't fit"}));

TEST(AddNode, NamesTheResultAndKeepsTheLayer) {
  Graph graph;
  const ValueId x = graph.AddValue({.name = "x",
                                    .dtype = DType::kFloat32,
                                    .shape = {1, 4},
                                    .quantization = {},
                                    .constant = {}});
  const ValueId y = AddNode(graph, Relu{}, {x}, "act");
  EXPECT_EQ(graph[y].name, "act");
  EXPECT_EQ(graph[y].shape, (Shape{1, 4}));
  EXPECT_EQ(graph.nodes.at(0).name, "act");
}

}  // namespace
}  // namespace kinglet
