#include "quantize/norm_quotients.h"

#include <gtest/gtest.h>

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
  const Graph result = WithNormQuotients(graph, ranges);
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

}  // namespace
}  // namespace kinglet
