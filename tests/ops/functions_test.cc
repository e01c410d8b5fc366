// Functions of one and two operands, reductions and rankings on numbers worked out by
// hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_node.h"

namespace kinglet {
namespace {

struct FunctionCase {
  std::string text;
  std::vector<double> expected;
};
void PrintTo(const FunctionCase& c, std::ostream* stream) { *stream << c.text; }

class Function : public testing::TestWithParam<FunctionCase> {};

TEST_P(Function, GivesTheNumbersWorkedOutByHand) {
  const std::vector<double> actual = RunFirstNode(Parse(GetParam().text)).at(0);
  ASSERT_EQ(actual.size(), GetParam().expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_FLOAT_EQ(static_cast<float>(actual[i]),
                    static_cast<float>(GetParam().expected[i]))
        << i;
  }
}

const std::vector<FunctionCase> kUnary = {
    {"const x : float32[3] = -1.5 0 2\ny : float32[3] = abs(x)", {1.5, 0, 2}},
    {"const x : int32[3] = -1 0 2\ny : int32[3] = abs(x)", {1, 0, 2}},
    {"const x : float32[3] = -1.5 0.2 2\ny : float32[3] = ceil(x)", {-1, 1, 2}},
    {"const x : float32[3] = -1.5 0.2 2\ny : float32[3] = floor(x)", {-2, 0, 2}},
    {"const x : float32[5] = -2.5 -0.5 0.5 1.5 2.4\ny : float32[5] = round(x)",
     {-2, 0, 0, 2, 2}},
    {"const x : float32[2] = -1.5 2\ny : float32[2] = neg(x)", {1.5, -2}},
    {"const x : float32[4] = -1.5 0 1e-40 nan\ny : float32[4] = sign(x)", {-1, 0, 1, 0}},
    {"const x : int64[2] = -5000000000 2\ny : int64[2] = neg(x)", {5e9, -2}},
    {"const x : float32[2] = -1.5 2\ny : float32[2] = square(x)", {2.25, 4}},
    {"const x : float32[2] = 4 0.25\ny : float32[2] = sqrt(x)", {2, 0.5}},
    {"const x : float32[2] = 4 0.25\ny : float32[2] = rsqrt(x)", {0.5, 2}},
    {"const x : float32[3] = -1 0 2\ny : float32[3] = elu(x)",
     {-0.63212055882855768, 0, 2}},
    {"const x : float32[5] = -4 -1 0 1 4\ny : float32[5] = hard_swish(x)",
     {0, -1.0 / 3, 0, 2.0 / 3, 4}},
    {"const x : float32[3] = -1 0 2\ny : float32[3] = gelu(x)",
     {-0.15865525393145705, 0, 1.9544997361036416}},
    {"const x : float32[3] = -1 0 2\ny : float32[3] = gelu(x) approximate=true",
     {-0.15880800939172324, 0, 1.9545976940877750}},
    {"const x : float32[2] = 1 100000\ny : float32[2] = sin(x)",
     {0.84147098480789651, 0.035748797972016507}},
    {"const x : float32[2] = 1 100000\ny : float32[2] = cos(x)",
     {0.54030230586813972, -0.99936080743821215}},
    {"const x : float32[2] = -0.5 1.5\ny : float32[2] = relu(x) kind=relu_0_to_1",
     {0, 1}},
    {"const x : bool[2] = 0 1\ny : bool[2] = logical_not(x)", {1, 0}},
    {"const x : float32[4] = -1.9 1.9 3e9 -3e9\ny : int32[4] = cast(x) dtype=int32",
     {-1, 1, 2147483647, -2147483648.0}},
    {"const x : int64[2] = 0 -7\ny : bool[2] = cast(x) dtype=bool", {0, 1}},
    {"const x : bool[2] = 0 1\ny : float32[2] = cast(x)", {0, 1}},
};

const std::vector<FunctionCase> kBinary = {
    {"const a : float32[4] = 7 -7 7 -7\nconst b : float32[4] = 2 2 -2 -2\n"
     "y : float32[4] = floor_div(a, b)",
     {3, -4, -4, 3}},
    {"const a : int32[4] = 7 -7 7 -7\nconst b : int32[4] = 2 2 -2 0\n"
     "y : int32[4] = floor_div(a, b)",
     {3, -4, -4, 0}},
    {"const a : float32[4] = 7 -7 7 -7\nconst b : float32[4] = 2.5 2.5 -2.5 -2.5\n"
     "y : float32[4] = floor_mod(a, b)",
     {2, 0.5, -0.5, -2}},
    {"const a : int32[4] = 7 -7 7 -7\nconst b : int32[4] = 3 3 -3 0\n"
     "y : int32[4] = floor_mod(a, b)",
     {1, 2, -2, 0}},
    {"const a : float32[5] = 2 -2 2 0 9\nconst b : float32[5] = 10 3 -1 0 0.5\n"
     "y : float32[5] = pow(a, b)",
     {1024, -8, 0.5, 1, 3}},
    {"const a : float32[4] = 0 2 0 -3\nconst b : float32[4] = 5 2 -1 0\n"
     "y : float32[4] = atan2(a, b)",
     {0, 0.78539816339745, 3.1415926535898, -1.5707963267949}},
    {"const a : float32[2x1] = 1 5\nconst b : float32[2] = 3 4\n"
     "y : float32[2x2] = squared_difference(a, b)",
     {4, 9, 4, 1}},
    {"const a : float32[2x2] = -1 -2 3 4\nconst b : float32[2] = 0.5 0.25\n"
     "y : float32[2x2] = prelu(a, b)",
     {-0.5, -0.5, 3, 4}},
    {"in a = a : int32[3]\nconst b : int32[] = 2147483647\ny : int32[3] = add(a, b)",
     {-2147483648.0, -2147483647.0, -2147483646.0}},
    {"in a = a : int32[3]\nconst b : int32[] = 2\ny : int32[3] = mul(a, b) "
     "activation=relu6",
     {2, 4, 6}},
    {"in a = a : int64[3]\nconst b : int64[] = 2\ny : int64[3] = div(a, b)", {0, 1, 1}},
    {"in a = a : int32[3]\nconst b : int32[] = 2\ny : int32[3] = minimum(a, b)",
     {1, 2, 2}},
    {"in a = a : float32[3]\nconst b : float32[] = 2\n"
     "y : bool[3] = relational(a, b)",
     {0, 1, 0}},
    {"in a = a : float32[3]\nconst b : float32[] = 2\n"
     "y : bool[3] = relational(a, b) kind=not_equal",
     {1, 0, 1}},
    {"in a = a : int32[3]\nconst b : int32[] = 2\n"
     "y : bool[3] = relational(a, b) kind=less",
     {1, 0, 0}},
    {"in a = a : int64[3]\nconst b : int64[] = 2\n"
     "y : bool[3] = relational(a, b) kind=less_equal",
     {1, 1, 0}},
    {"in a = a : float32[3]\nconst b : float32[] = 2\n"
     "y : bool[3] = relational(a, b) kind=greater",
     {0, 0, 1}},
    {"in a = a : float32[3]\nconst b : float32[] = 2\n"
     "y : bool[3] = relational(a, b) kind=greater_equal",
     {0, 1, 1}},
    {"const a : bool[4] = 0 0 1 1\nconst b : bool[4] = 0 1 0 1\n"
     "y : bool[4] = logical_and(a, b)",
     {0, 0, 0, 1}},
    {"const a : bool[4] = 0 0 1 1\nconst b : bool[4] = 0 1 0 1\n"
     "y : bool[4] = logical_or(a, b)",
     {0, 1, 1, 1}},
    {"const c : bool[2x1] = 1 0\nin a = a : float32[3]\nconst b : float32[] = 9\n"
     "y : float32[2x3] = select(c, a, b)",
     {1, 2, 3, 9, 9, 9}},
    {"const c : bool[3] = 1 0 1\nin a = a : int8[3]\nconst b : int8[] = 9\n"
     "y : int8[3] = select(c, a, b)",
     {1, 9, 3}},
};

const std::vector<FunctionCase> kAlongAxes = {
    {"in x = x : float32[2x3]\ny : float32[3] = reduce_min(x) axes=[0]", {1, 2, 3}},
    {"in x = x : float32[2x3]\ny : float32[2] = reduce_min(x) axes=[1]", {1, 4}},
    {"in x = x : float32[2x3]\ny : float32[2] = reduce_prod(x) axes=[1]", {6, 120}},
    {"in x = x : float32[2x3]\ny : float32[3] = reduce_prod(x) axes=[0]", {4, 10, 18}},
    {"in x = x : int32[2x3]\ny : int32[] = reduce_prod(x) axes=[0,1]", {720}},
    {"in x = x : int32[2x3x2]\ny : int32[3] = sum(x) axes=[0,2]", {18, 26, 34}},
    {"in x = x : int64[2x3]\ny : int64[2x1] = reduce_max(x) axes=[1] keep_dims=true",
     {3, 6}},
    {"const x : bool[2x3] = 1 0 1 1 1 1\ny : bool[2] = reduce_all(x) axes=[1]", {0, 1}},
    {"const x : bool[2x3] = 1 0 1 1 1 1\ny : bool[1x3] = reduce_all(x) axes=[0] "
     "keep_dims=true",
     {1, 0, 1}},
    {"const x : bool[2x3] = 0 0 1 0 0 0\ny : bool[2] = reduce_any(x) axes=[1]", {1, 0}},
    {"const x : bool[2x3] = 0 0 1 0 0 0\ny : bool[3] = reduce_any(x) axes=[0]",
     {0, 0, 1}},
    {"const x : float32[2x3] = 1 5 5 4 2 0\ny : int32[2] = arg_max(x) axis=1", {1, 0}},
    {"const x : int8[2x3] = 1 5 5 4 2 0\ny : int64[3] = arg_min(x) axis=0 dtype=int64",
     {0, 1, 1}},
    {"in x = x : float32[2x3]\ny : float32[2x3] = cumsum(x) axis=1", {1, 3, 6, 4, 9, 15}},
    {"in x = x : float32[2x3]\ny : float32[2x3] = cumsum(x) axis=0 exclusive=true",
     {0, 0, 0, 1, 2, 3}},
    {"in x = x : int32[3]\ny : int32[3] = cumsum(x) axis=0 reverse=true", {6, 5, 3}},
    {"const x : float32[2x2] = 0 0 1000 1000\ny : float32[2x2] = log_softmax(x)",
     {-0.69314718055994529, -0.69314718055994529, -0.69314718055994529,
      -0.69314718055994529}},
    {"const x : float32[2x2] = 3 4 0 0\ny : float32[2x2] = l2_normalization(x)",
     {0.6, 0.8, 0, 0}},
};

INSTANTIATE_TEST_SUITE_P(Unary, Function, testing::ValuesIn(kUnary));
INSTANTIATE_TEST_SUITE_P(Binary, Function, testing::ValuesIn(kBinary));
INSTANTIATE_TEST_SUITE_P(AlongAxes, Function, testing::ValuesIn(kAlongAxes));

TEST(TopK, GivesTheLargestAndTheirPlacesEqualOnesInOrder) {
  const auto results =
      RunFirstNode(Parse("const x : float32[2x4] = 1 3 3 2 4 0 -1 4\n"
                         "v : float32[2x3], i : int32[2x3] = top_k(x) k=3"));
  EXPECT_THAT(results[0], testing::ElementsAre(3, 3, 2, 4, 4, 0));
  EXPECT_THAT(results[1], testing::ElementsAre(1, 2, 3, 0, 3, 1));
}

}  // namespace
}  // namespace kinglet
