#include "ir/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

TEST(AddValue, NumbersATakenName) {
  Graph graph;
  graph.AddConstant("w", Tensor(DType::kFloat32, {1}));
  const ValueId second = graph.AddConstant("w", Tensor(DType::kFloat32, {1}));
  EXPECT_EQ(graph[second].name, "w_1");
}

TEST(Uses, CountsOperandsAndOutputs) {
  const Graph graph =
      Parse("in i = x : float32[1]\ny : float32[1] = mul(x, x)\nout o = y\nout p = y");
  const Uses uses(graph);
  EXPECT_EQ(uses.Count(ValueId{0}), 2);
  EXPECT_EQ(uses.Count(ValueId{1}), 2);
  EXPECT_THAT(uses.Readers(ValueId{0}), ElementsAre(0U));
  EXPECT_THAT(uses.Producer(ValueId{1}), Optional(0U));
  EXPECT_EQ(uses.Producer(ValueId{0}), std::nullopt);
  EXPECT_TRUE(uses.IsGraphOutput(ValueId{1}));
}

TEST(WithoutDeadParts, DropsWhatNoOutputNeedsAndKeepsInputs) {
  const Graph graph = Parse(
      "in i = x : float32[1]\nin j = unused : float32[1]\n"
      "const c : float32[1] = 1\n"
      "dead : float32[1] = add(x, c)\ny : float32[1] = relu(x)\nout o = y");
  EXPECT_EQ(Print(WithoutDeadParts(graph)),
            "in i = x : float32[1]\nin j = unused : float32[1]\n"
            "y : float32[1] = relu(x)\nout o = y\n");
}

TEST(StructureProblem, FindsNoneInAGoodGraph) {
  EXPECT_EQ(StructureProblem(
                Parse("in i = x : float32[1]\ny : float32[1] = relu(x)\nout o = y")),
            std::nullopt);
}

TEST(StructureProblem, FindsAValueReadBeforeItIsMade) {
  Graph graph = Parse(
      "in i = x : float32[1]\ny : float32[1] = relu(x)\nz : float32[1] = relu(y)\n"
      "out o = z");
  std::swap(graph.nodes[0], graph.nodes[1]);
  EXPECT_THAT(StructureProblem(graph), Optional(HasSubstr("'y' before it is made")));
}

TEST(StructureProblem, FindsAQuantizationThatDoesNotFit) {
  Graph graph = Parse("in i = x : int8[1x3] q{0.5/0}\nout o = x");
  graph.values[0].quantization->zero_points.push_back(0);
  EXPECT_THAT(StructureProblem(graph), Optional(HasSubstr("ill-fitting")));
}

}  // namespace
}  // namespace kinglet
