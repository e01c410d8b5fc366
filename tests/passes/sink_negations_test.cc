#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(SinkNegations, ComplementsComparisonsForEquality) {
  ExpectRewrite(SinkNegations,
                "in x = x : float32[1x2]\nin z = z : float32[1x2]\n"
                "a : bool[1x2] = relational(x, z) kind=not_equal\n"
                "y : bool[1x2] = logical_not(a)\nout output_0 = y\n",
                "in x = x : float32[1x2]\nin z = z : float32[1x2]\n"
                "y : bool[1x2] = relational(x, z) kind=equal\nout output_0 = y\n");
}

// What is no number is neither less nor greater or equal.
TEST(SinkNegations, LeavesOtherComparisons) {
  ExpectUnchanged(SinkNegations,
                  "in x = x : float32[1x2]\nin z = z : float32[1x2]\n"
                  "a : bool[1x2] = relational(x, z) kind=less\n"
                  "y : bool[1x2] = logical_not(a)\nout output_0 = y\n");
}

TEST(SinkNegations, LeavesAComparisonWithAnotherReader) {
  ExpectUnchanged(SinkNegations,
                  "in x = x : float32[1x2]\nin z = z : float32[1x2]\n"
                  "a : bool[1x2] = relational(x, z)\n"
                  "y : bool[1x2] = logical_not(a)\nout output_0 = y\nout output_1 = a\n");
}

TEST(SinkNegations, TurnsChoicesRound) {
  ExpectRewrite(SinkNegations,
                "in c = c : bool[1x2]\nin a = a : float32[1x2]\nin b = b : float32[1x2]\n"
                "n : bool[1x2] = logical_not(c)\ny : float32[1x2] = select(n, a, b)\n"
                "out output_0 = y\nout output_1 = n\n",
                "in c = c : bool[1x2]\nin a = a : float32[1x2]\nin b = b : float32[1x2]\n"
                "n : bool[1x2] = logical_not(c)\ny : float32[1x2] = select(c, b, a)\n"
                "out output_0 = y\nout output_1 = n\n");
}

TEST(SinkNegations, NegatesBehindWhatCombinesOrReshapes) {
  ExpectRewrite(SinkNegations,
                "in a = a : bool[1x2]\nin b = b : bool[1x2]\nin c = c : bool[1x2]\n"
                "m : bool[1x2] = logical_not(a)\nn : bool[1x2] = logical_not(b)\n"
                "o : bool[1x2] = logical_not(c)\nd : bool[1x2] = logical_and(m, n)\n"
                "e : bool[1x2] = logical_or(d, o)\ny : bool[2] = reshape(e) shape=[2]\n"
                "out output_0 = y\n",
                "in a = a : bool[1x2]\nin b = b : bool[1x2]\nin c = c : bool[1x2]\n"
                "d : bool[1x2] = logical_or(a, b)\ne : bool[1x2] = logical_and(d, c)\n"
                "f : bool[2] = reshape(e) shape=[2]\ny : bool[2] = logical_not(f)\n"
                "out output_0 = y\n");
}

TEST(SinkNegations, LeavesWhatCombinesOneNegation) {
  ExpectUnchanged(SinkNegations,
                  "in a = a : bool[1x2]\nin b = b : bool[1x2]\n"
                  "m : bool[1x2] = logical_not(a)\ny : bool[1x2] = logical_or(b, m)\n"
                  "out output_0 = y\n");
}

TEST(SinkNegations, LeavesANegationWithAnotherReader) {
  ExpectUnchanged(SinkNegations,
                  "in a = a : bool[1x2]\nm : bool[1x2] = logical_not(a)\n"
                  "y : bool[2] = reshape(m) shape=[2]\nout output_0 = y\n"
                  "out output_1 = m\n");
}

TEST(SinkNegations, NegatesTwiceByNothing) {
  ExpectRewrite(SinkNegations,
                "in a = a : bool[1x2]\nm : bool[1x2] = logical_not(a)\n"
                "y : bool[1x2] = logical_not(m)\nout output_0 = y\n",
                "in a = a : bool[1x2]\ny : bool[1x2] = reshape(a) shape=[1,2]\n"
                "out output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
