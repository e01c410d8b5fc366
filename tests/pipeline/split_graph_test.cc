// Graphs as text; a layer's result has the layer's name.
#include "pipeline/split_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/text.h"
#include "kinglet/error.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// x -> a -> b, and a again -> c; b and c -> sum -> t -> output. `many` makes two tensors,
// `ids` integers.
constexpr const char* kModel =
    "in input = x : float32[1x4]\na : float32[1x4] = abs(x)\n"
    "b : float32[1x4] = tanh(a)\nc : float32[1x4] = mul(a, b)\n"
    "sum : float32[1x4] = add(b, c)\nt : float32[1x4] = logistic(sum)\n"
    "m : int32[1] = arg_max(t) axis=1\nout output_0 = t\nout output_1 = m\n";

std::vector<LayerInfo> Layers() {
  std::vector<LayerInfo> layers;
  for (const char* name : {"x", "a", "b", "c", "sum", "t", "m", "dead"}) {
    layers.push_back(
        {.name = name, .class_name = "", .output_shape = {}, .results = {name}});
  }
  layers.push_back({"many", "", {}, 0, {"b", "c"}});
  return layers;
}

TEST(SplitAt, CutsWhereOneTensorIsAllThatPasses) {
  const Graph graph = Parse(kModel);
  for (const char* layer : {"a", "sum"}) {
    const SplitGraph split = SplitAt(graph, Layers(), layer);
    EXPECT_EQ(StructureProblem(split.backbone), std::nullopt);
    EXPECT_EQ(StructureProblem(split.head), std::nullopt);
    EXPECT_EQ(split.backbone.outputs.at(0).name, "output_0");
    EXPECT_EQ(split.head.inputs.at(0).name, layer);
    EXPECT_EQ(TextWithoutNames(Joined(split.backbone, split.head)),
              TextWithoutNames(graph));
  }
  EXPECT_EQ(SplitAt(graph, Layers(), "sum").head.nodes.size(), 2U);
}

TEST(SplitAt, RefusesOtherPlacesAndNamesLayersToCutAt) {
  const struct {
    const char* layer;
    const char* why;
  } cases[] = {
      {"x", "is an input"},           {"b", "'a' goes around it"},
      {"c", "'b' goes around it"},    {"t", "is an output"},
      {"m", "no float32 numbers"},    {"dead", "no output depends on it"},
      {"many", "2 results, not one"}, {"summ", "no such layer"},
  };
  for (const auto& one : cases) {
    try {
      SplitAt(Parse(kModel), Layers(), one.layer);
      FAIL() << one.layer;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_THAT(error.what(), AllOf(HasSubstr(one.why), HasSubstr("'sum'"),
                                      HasSubstr("'a'"), Not(HasSubstr("'x'"))));
    }
  }
}

TEST(SplitAt, NamesTheNearestLayerFirst) {
  const auto message = [](const char* layer) -> std::string {
    try {
      SplitAt(Parse(kModel), Layers(), layer);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message("sun"), HasSubstr("'sum', 'a'"));  // one letter off, and three
  EXPECT_THAT(message("b"), HasSubstr("'a', 'sum'"));    // one layer off, and three
}

TEST(SplitAt, SeesAnOutputThatGoesAroundTheCut) {
  const Graph graph = Parse(
      "in input = x : float32[1x4]\na : float32[1x4] = abs(x)\n"
      "b : float32[1x4] = tanh(a)\nc : float32[1x4] = exp(x)\n"
      "out output_0 = b\nout output_1 = c\n");
  EXPECT_THROW(SplitAt(graph, Layers(), "a"), Error);
}

TEST(SplitAt, LetsBothPartsReadConstants) {
  const Graph graph = Parse(
      "in input = x : float32[1x4]\nconst k : float32[4] = 1 2 3 4\n"
      "a : float32[1x4] = mul(x, k)\nb : float32[1x4] = mul(a, k)\n"
      "out output_0 = b\n");
  const SplitGraph split = SplitAt(graph, Layers(), "a");
  EXPECT_EQ(split.head.nodes.size(), 1U);
  EXPECT_EQ(split.backbone.nodes.size(), 1U);
}

}  // namespace
}  // namespace kinglet
