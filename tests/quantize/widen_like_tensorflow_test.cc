#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ir/text.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

/// Values are numbered: the range of value i is i+1..i+1.5, so that a union shows.
Range Own(std::size_t i) {
  const auto from = static_cast<float>(i + 1);
  return {from, from + 0.5F};
}

/// Which values' ranges became the union with which other's, as "a+y".
std::string Widened(const std::string& text) {
  const Graph graph = Parse(text);
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (graph.values[i].constant == nullptr) ranges[i] = Own(i);
  }
  const Ranges widened = WidenLikeTensorFlow(graph, ranges);
  std::string changes;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    for (std::size_t j = 0; j < ranges.size(); ++j) {
      if (widened[i] != ranges[i] && widened[i] == Union(Own(i), Own(j))) {
        changes += graph.values[i].name + "+" + graph.values[j].name + " ";
      }
    }
  }
  return changes;
}

// a and b are computed; further lines make and return y.
std::string Ab(const std::string& rest) {
  return "in input = x : float32[1x4]\nconst k : float32[4] = 1 2 3 4\n"
         "a : float32[1x4] = exp(x)\nb : float32[1x4] = log(x)\n" +
         rest + "z : float32[1x4] = tanh(y)\nout output_0 = z\n";
}

TEST(WidenLikeTensorFlow, WritesOverTheFirstOperandThatNothingElseReads) {
  for (const char* op : {"add", "sub", "mul", "div"}) {
    SCOPED_TRACE(op);
    const auto y = [op](const std::string& operands) {
      return "y : float32[1x4] = " + std::string(op) + "(" + operands + ")\n";
    };
    EXPECT_EQ(Widened(Ab(y("a, b"))), "a+y ");
    EXPECT_EQ(Widened(Ab(y("b, a"))), "b+y ");
    EXPECT_EQ(Widened(Ab(y("a, b") + "out output_1 = a\n")), "b+y ");
    EXPECT_EQ(Widened(Ab(y("x, b"))), "b+y ") << "an input of the graph";
    EXPECT_EQ(Widened(Ab(y("k, b"))), "b+y ") << "a constant";
    EXPECT_EQ(Widened(Ab(y("a, a"))), "") << "read twice";
  }
}

TEST(WidenLikeTensorFlow, WritesOverTheInputOfASoftmaxAndNoOther) {
  EXPECT_EQ(Widened(Ab("y : float32[1x4] = softmax(a)\n")), "a+y ");
  EXPECT_EQ(Widened(Ab("y : float32[1x4] = logistic(a)\n")), "");
  EXPECT_EQ(Widened(Ab("y : float32[1x4] = maximum(a, b)\n")), "");
}

TEST(WidenLikeTensorFlow, LeavesOutputsOfTheModelTheirOwnMemory) {
  EXPECT_EQ(Widened(Ab("y : float32[1x4] = add(a, b)\nout output_1 = y\n")), "");
}

TEST(WidenLikeTensorFlow, NeedsAnOperandOfTheResultsSizeAndMoreThanAScalar) {
  EXPECT_EQ(Widened("in input = x : float32[1x4]\na : float32[1x1] = sum(x) axes=[1] "
                    "keep_dims=true\nb : float32[1x4] = exp(x)\n"
                    "y : float32[1x4] = add(a, b)\nz : float32[1x4] = tanh(y)\n"
                    "out output_0 = z\n"),
            "b+y ");
  EXPECT_EQ(Widened("in input = x : float32[1x1]\na : float32[1x1] = exp(x)\n"
                    "y : float32[1x1] = add(a, x)\nz : float32[1x1] = tanh(y)\n"
                    "out output_0 = z\n"),
            "");
}

TEST(WidenLikeTensorFlow, SparesMemoryThatIsReadUnderAnotherName) {
  const std::string reshaped =
      "r : float32[1x4] = reshape(a) shape=[1,4]\ny : float32[1x4] = add(r, b)\n";
  EXPECT_EQ(Widened(Ab(reshaped)), "r+y ");
  EXPECT_EQ(Widened(Ab(reshaped + "out output_1 = a\n")), "");
}

TEST(WidenLikeTensorFlow, WidensAChainByWhatEachResultWasBefore) {
  EXPECT_EQ(Widened(Ab("c : float32[1x4] = mul(a, b)\ny : float32[1x4] = add(c, x)\n")),
            "a+c c+y ");
}

}  // namespace
}  // namespace kinglet
