#include "quantize/norm_quotients.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ir/text.h"

namespace kinglet {
namespace {

/// Operators of x / norm of x, its sum of squares from 2 on: `squares` of x, what
/// becomes of their sum s as t, and the quotient of x and t.
std::size_t OperatorsOf(const std::string& squares, const std::string& t,
                        const std::string& quotient, const std::string& axes = "[1]") {
  const Graph graph = Parse(
      "in input = x : float32[3x3]\nconst small : float32[1] = 0.001\n"
      "const large : float32[1] = 0.1\nq : float32[3x3] = " +
      squares + "\ns : float32[3x1] = sum(q) axes=" + axes +
      " keep_dims=true\nt : float32[3x1] = " + t + "\n" + quotient +
      "\nout output_0 = y\n");
  Ranges ranges(graph.values.size(), Range{2, 9});
  const Graph result = WithNormQuotients(graph, ranges, {});
  EXPECT_EQ(StructureProblem(result), std::nullopt);
  const bool is_one = result.nodes.size() == 1 &&
                      std::holds_alternative<L2Normalization>(result.nodes[0].op);
  EXPECT_TRUE(is_one || result == graph);
  return result.nodes.size();
}

TEST(WithNormQuotients, MakeOneOperatorOfEachForm) {
  const std::string root = "r : float32[3x1] = sqrt(t)\ny : float32[3x3] = div(x, r)";
  const std::string inverse = "r : float32[3x1] = rsqrt(t)\ny : float32[3x3] = mul(r, x)";
  for (const char* squares : {"mul(x, x)", "square(x)"}) {
    for (const char* t : {"add(s, small)", "maximum(small, s)"}) {
      EXPECT_EQ(OperatorsOf(squares, t, root), 1U) << squares << t;
      EXPECT_EQ(OperatorsOf(squares, t, inverse), 1U) << squares << t;
    }
  }
  EXPECT_EQ(OperatorsOf("mul(x, x)", "add(s, large)", root), 5U) << "it would show";
  EXPECT_EQ(OperatorsOf("mul(x, x)", "mul(s, small)", root), 5U);
  EXPECT_EQ(OperatorsOf("abs(x)", "add(s, small)", root), 5U);
  EXPECT_EQ(OperatorsOf("mul(x, x)", "add(s, small)",
                        "r : float32[3x1] = sqrt(t)\ny : float32[3x3] = div(q, r)"),
            5U);
  EXPECT_EQ(OperatorsOf("mul(x, x)", "add(s, small)",
                        "r : float32[3x1] = rsqrt(t)\ny : float32[3x3] = div(x, r)"),
            5U);
}

Graph InverseRoot(const std::string& bound, const std::string& tail = "") {
  return Parse("in input = x : float32[1x144]\nconst c : float32[1] = " + bound +
               "\nq : float32[1x144] = mul(x, x)\n"
               "s : float32[1x1] = sum(q) axes=[1] keep_dims=true\n"
               "t : float32[1x1] = maximum(s, c)\nr : float32[1x1] = rsqrt(t)\n"
               "y : float32[1x144] = mul(x, r)\n" +
               (tail.empty() ? "out output_0 = y\n" : tail + "\nout output_0 = z\n"));
}

/// As 144 normal numbers have them; the quotient between -y and y.
Ranges RangesOf(const Graph& graph, float y, float least_sum = 100) {
  const std::map<std::string, Range> known = {
      {"q", {0, 16}},       {"s", {least_sum, 190}}, {"t", {least_sum, 190}},
      {"r", {0.07F, 0.1F}}, {"y", {-y, y}},          {"z", {-y, y}}};
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto found = known.find(graph.values[i].name);
    if (found != known.end()) ranges[i] = found->second;
  }
  return ranges;
}

bool IsOne(const Graph& graph, const std::optional<Ranges>& ranges, Int8Results int8) {
  const Graph result = WithNormQuotients(graph, ranges, int8);
  return std::holds_alternative<L2Normalization>(result.nodes[0].op);
}

TEST(WithNormQuotients, LeavesStepsWhereResultsAreSmallBesideOne) {
  const Graph graph = InverseRoot("1e-12", "z : float32[1x144] = neg(y)");
  EXPECT_FALSE(IsOne(graph, RangesOf(graph, 0.3F), {}));
  EXPECT_TRUE(IsOne(graph, RangesOf(graph, 0.9F), {})) << "no smaller";
  EXPECT_TRUE(IsOne(graph, RangesOf(graph, 0.3F, 0), {})) << "any sum, or none";
  EXPECT_TRUE(IsOne(graph, RangesOf(graph, 0.3F, 1), {})) << "sums lose more";
  EXPECT_TRUE(IsOne(graph, RangesOf(graph, 0.3F), {.inner = false}));
  EXPECT_FALSE(IsOne(graph, RangesOf(graph, 0.3F), {.outputs = false}));
}

TEST(WithNormQuotients, AsksForOutputsByThemselves) {
  const Graph graph = InverseRoot("1e-12");
  EXPECT_FALSE(IsOne(graph, RangesOf(graph, 0.3F), {}));
  EXPECT_FALSE(IsOne(graph, RangesOf(graph, 0.3F), {.inner = false}));
  EXPECT_TRUE(IsOne(graph, RangesOf(graph, 0.3F), {.outputs = false}));
}

TEST(WithNormQuotients, NeedsABoundAsSmallAsItsOwnWithoutRanges) {
  EXPECT_TRUE(IsOne(InverseRoot("1e-12"), std::nullopt, {}));
  EXPECT_FALSE(IsOne(InverseRoot("1e-3"), std::nullopt, {}));
}

}  // namespace
}  // namespace kinglet
