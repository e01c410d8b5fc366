// Integer kernels on vectors made with TensorFlow Lite's reference kernels, and on small
// numbers worked out by hand. tests/oracle compares many more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/text.h"
#include "ops/op_def.h"
#include "tests/support/run_node.h"

namespace kinglet {
namespace {

struct IntCase {
  std::string name;
  std::string text;  ///< constants and one operation
  std::vector<int> expected;
  Rounding rounding = Rounding::kDouble;
};

void PrintTo(const IntCase& c, std::ostream* stream) { *stream << c.name; }

class IntKernel : public testing::TestWithParam<IntCase> {};

TEST_P(IntKernel, GivesTheExpectedIntegers) {
  const Graph graph = Parse(GetParam().text);
  const Node& node = graph.nodes.at(0);
  std::vector<const std::byte*> in;
  for (const ValueId id : node.inputs) in.push_back(graph[id].constant->bytes().data());
  Tensor result(graph[node.outputs[0]].dtype, graph[node.outputs[0]].shape);
  std::byte* out = result.bytes().data();
  DefOf(node.op).compile(node.op, {graph, node, GetParam().rounding})({in, {&out, 1}});
  std::vector<int> actual;
  if (result.dtype() == DType::kBool) {
    actual.assign(result.Data<bool>().begin(), result.Data<bool>().end());
  } else if (result.dtype() == DType::kInt8) {
    actual.assign(result.Data<std::int8_t>().begin(), result.Data<std::int8_t>().end());
  } else {
    actual.assign(result.Data<std::int16_t>().begin(), result.Data<std::int16_t>().end());
  }
  EXPECT_EQ(actual, GetParam().expected);
}

/// One operand x of this scale and zero point, one operation with these attributes.
IntCase Unary(const std::string& op, const std::string& in, const std::string& x,
              const std::string& out, std::vector<int> expected) {
  const std::string n = std::to_string(expected.size());
  return {op + ' ' + in,
          "const x : int8[1x" + n + "] q{" + in + "} = " + x + "\ny : int8[1x" + n +
              "] q{" + out + "} = " + op,
          std::move(expected)};
}

constexpr const char* kFixed = "0.00390625/-128";

INSTANTIATE_TEST_SUITE_P(
    Functions, IntKernel,
    testing::Values(
        Unary("logistic(x)", "0.1/0", "-128 -60 -30 -10 -1 0 1 10 30 60", kFixed,
              {-128, -127, -116, -59, -6, 0, 6, 59, 116, 127}),
        Unary("logistic(x)", "0.0625/-5", "-100 -60 -30 -10 -1 0 1 10 30 60 100", kFixed,
              {-127, -120, -84, -20, 16, 20, 24, 56, 102, 124, 127}),
        Unary("tanh(x)", "0.1/0", "-60 -30 -10 -1 0 1 10 30", "0.0078125/0",
              {-128, -127, -97, -13, 0, 13, 97, 127}),
        Unary("tanh(x)", "0.0625/-5", "-30 -10 -1 0 1 10 30", "0.0078125/0",
              {-117, -39, 31, 39, 46, 94, 125}),
        Unary("softmax(x) beta=1", "0.1/0", "0 10 20 30 -128", kFixed,
              {-120, -106, -67, 37, -128}),
        Unary("softmax(x) beta=1", "0.05/0", "127 127 100 -20 0 50", kFixed,
              {-16, -16, -99, -128, -128, -126}),
        Unary("softmax(x) beta=1", "0.25/0", "3 2 1 0", kFixed, {-38, -58, -74, -86}),
        // e^x = 1, 2.718, 7.389; ln x of 0 saturates.
        Unary("exp(x)", "0.5/0", "0 2 4", "0.1/-100", {-90, -73, -26}),
        Unary("log(x)", "0.5/0", "0 2 4 -7", "0.1/0", {-128, 0, 7, -128}),
        Unary("relu(x) kind=relu6", "0.1/-10", "-20 -10 0 49 50 60", "0.05/-128",
              {-128, -128, -108, -10, -8, -8}),
        Unary("relu(x) kind=relu_n1_to_1", "0.1/0", "-30 -5 0 7 30", "0.05/3",
              {-17, -7, 3, 17, 23}),
        Unary("leaky_relu(x) alpha=0.5", "0.1/0", "-10 -1 0 3", "0.1/5", {0, 5, 5, 8}),
        Unary("hard_swish(x)", "0.05/0", "-128 -60 -40 -20 -1 0 1 20 40 60 80 127",
              "0.03/-116",
              {-116, -116, -127, -127, -117, -116, -115, -94, -60, -16, 17, 96}),
        // Shifts by 17 and 27 bits, of which the reference kernel makes 1 or -1.
        Unary("hard_swish(x)", "6e-8/0", "-100 -1 0 1 100", "0.015/0", {-1, -1, 1, 1, 1}),
        // The logarithm of 1 + 1/e + e is 1.4076; steps of 1/16.
        Unary("log_softmax(x)", "0.25/0", "0 -4 4", "0.0625/127", {104, 88, 120}),
        Unary("l2_normalization(x)", "0.1/1", "4 5", "0.0078125/0", {77, 102}),
        Unary("abs(x)", "0.5/1", "-3 1 5", "0.25/-10", {-2, -10, -2}),
        Unary("rsqrt(x)", "0.25/0", "0 1 4 16", "0.02/-100", {127, 0, -50, -75}),
        Unary("sqrt(x)", "0.25/0", "-4 0 1 2 4", "0.125/0", {0, 0, 4, 5, 8}),
        Unary("elu(x)", "0.5/0", "-2 4", "0.02/0", {-32, 100}),
        Unary("gelu(x)", "0.5/0", "-2 2", "0.01/0", {-16, 84}),
        Unary("quantize(x) dtype=int8", "0.5/3", "3 4 -128 127", "1/0",
              {0, 1, -65, 62})));

constexpr const char* kOneProduct =
    "const x : int8[1x1x1x1] q{0.10714285/0} = 14\nconst w : int8[1x1x1x1] q{1/0} = 1\n"
    "const b : int32[1] = 0\ny : int8[1x1x1x1] q{1/0} = conv_2d(x, w, b)";

INSTANTIATE_TEST_SUITE_P(
    ByHand, IntKernel,
    testing::Values(
        // 2 * 3 + 1 * 4 + 10 = 20, and -6 + 4 - 4 = -6, times 1 * 0.5 / 0.25.
        IntCase{"dense",
                "const x : int8[1x2] q{1/1} = 4 5\n"
                "const w : int8[2x2] q{0.5/0} = 2 1 -2 1\nconst b : int32[2] = 10 -4\n"
                "y : int8[1x2] q{0.25/0} = fully_connected(x, w, b)",
                {40, -12}},
        // 14 * 0.10714285 is a little below 1.5: only two roundings make 2 of it.
        IntCase{"one product of a dense layer",
                "const x : int8[1x1] q{0.10714285/0} = 14\n"
                "const w : int8[1x1] q{1/0} = 1\n"
                "y : int8[1x1] q{1/0} = fully_connected(x, w)",
                {1}},
        IntCase{"rounded twice", std::string(kOneProduct), {2}},
        IntCase{"rounded once", std::string(kOneProduct), {1}, Rounding::kSingle},
        // 1x1 with scales 1 and 2; the clamp to 6 of scale 0.5.
        IntCase{"convolution",
                "const x : int8[1x1x2x1] q{1/-1} = 0 4\n"
                "const w : int8[2x1x1x1] q{1/0 2/0} = 1 1\n"
                "const b : int32[2] = 0 -1\n"
                "y : int8[1x1x2x2] q{0.5/-10} = conv_2d(x, w, b) "
                "activation=relu6",
                {-8, -10, 0, 2}},
        // Windows 1, 1+2 of 1, 2 less the zero point 1: 0, 0 + 1 * 3.
        IntCase{"depthwise",
                "const x : int8[1x1x2x1] q{1/1} = 1 2\n"
                "const w : int8[1x1x2x1] q{1/0} = 2 3\nconst b : int32[1] = 7\n"
                "y : int8[1x1x1x1] q{1/0} = depthwise_conv_2d(x, w, b)",
                {10}},
        IntCase{"sum of scales",
                "const a : int8[1x2] q{0.5/0} = 4 -3\n"
                "const b : int8[1x2] q{0.25/10} = 18 10\n"
                "y : int8[1x2] q{0.5/1} = add(a, b)",
                {9, -2}},
        IntCase{"difference",
                "const a : int8[1x2] q{0.5/0} = 4 -3\n"
                "const b : int8[1] q{0.25/10} = 18\n"
                "y : int8[1x2] q{0.5/1} = sub(a, b)",
                {1, -6}},
        IntCase{"product",
                "const a : int8[1x2] q{0.5/1} = 5 -3\n"
                "const b : int8[1x2] q{0.5/0} = 6 7\n"
                "y : int8[1x2] q{0.25/-100} = mul(a, b)",
                {-76, -128}},
        // (1 + 2 + 2 + 1) / 4 = 1.5, (-1 - 2) / 2 = -1.5.
        IntCase{"average pool",
                "const x : int8[1x2x3x1] q{1/0} = 1 2 -1 2 1 -2\n"
                "y : int8[1x1x2x1] q{1/0} = average_pool_2d(x) padding=same "
                "stride_h=2 stride_w=2 filter_h=2 filter_w=2",
                {2, -2}},
        // 10 values: M(sum, (1 / 10) * 2^3 / 2^3).
        IntCase{"mean",
                "const x : int8[1x10] q{1/2} = 2 2 2 2 2 2 2 2 2 17\n"
                "y : int8[1] q{1/0} = mean(x) axes=[1]",
                {2}},
        IntCase{"sum over an axis",
                "const x : int8[1x2x2] q{0.5/1} = 1 2 3 4\n"
                "y : int8[1x2] q{1/0} = sum(x) axes=[1]",
                {1, 2}},
        IntCase{"product over an axis",
                "const x : int8[1x2] q{0.5/0} = 2 4\n"
                "y : int8[1] q{0.25/0} = reduce_prod(x) axes=[1]",
                {8}},
        IntCase{"minimum over an axis",
                "const x : int8[1x3] q{0.5/1} = 2 -4 7\n"
                "y : int8[1] q{0.5/1} = reduce_min(x) axes=[1]",
                {-4}},
        // 0.5 below zero.
        IntCase{"prelu",
                "const x : int8[1x2] q{0.5/0} = 4 -4\nconst a : int8[1] q{0.25/0} = 2\n"
                "y : int8[1x2] q{0.5/0} = prelu(x, a)",
                {4, -2}},
        IntCase{
            "quotient",
            "const a : int8[1x3] q{0.5/0} = 8 -8 3\nconst b : int8[1] q{0.25/1} = 17\n"
            "y : int8[1x3] q{0.015625/0} = div(a, b)",
            {64, -64, 24}},
        IntCase{"squared difference",
                "const a : int8[1x2] q{0.5/0} = 4 -2\n"
                "const b : int8[1x2] q{0.25/0} = 4 4\n"
                "y : int8[1x2] q{0.1/-50} = squared_difference(a, b)",
                {-40, -10}},
        // (1 2) (3 4)^T and (3 4) (3 4)^T, times 0.5 / 2: 2.75, and 6.25 by way of 6.5.
        IntCase{
            "product of matrices",
            "const x : int8[1x2x2] q{1/1} = 2 3 4 5\nconst y : int8[1x1x2] q{0.5/0} = 3 "
            "4\n"
            "z : int8[1x2x1] q{2/0} = batch_mat_mul(x, y) adj_y=true",
            {3, 7}},
        IntCase{
            "transposed convolution",
            "const x : int8[1x1x2x1] q{1/1} = 2 3\nconst w : int8[1x1x2x1] q{1/0} = 3 4\n"
            "const b : int32[1] = 1\ny : int8[1x1x4x1] q{1/0} = transpose_conv(x, w, b) "
            "stride_w=2 out_h=1 out_w=4",
            {4, 5, 7, 9}},
        // Windows of one with a stride of two: what no input reaches has the bias.
        IntCase{
            "transposed convolution with gaps",
            "const x : int8[1x1x2x1] q{1/0} = 2 3\nconst w : int8[1x1x1x1] q{1/0} = 3\n"
            "const b : int32[1] = 7\ny : int8[1x1x4x1] q{1/0} = transpose_conv(x, w, b) "
            "padding=same stride_w=2 out_h=1 out_w=4",
            {13, 7, 16, 7}},
        IntCase{
            "bilinear, half pixels",
            "const x : int8[1x2x2x1] q{1/0} = -128 127 10 -20\ny : int8[1x3x3x1] q{1/0} "
            "= "
            "resize_bilinear(x) out_h=3 out_w=3 half_pixel_centers=true",
            {-128, -1, 127, -59, -3, 54, 10, -5, -20}},
        IntCase{
            "bilinear",
            "const x : int8[1x2x2x1] q{1/0} = -128 127 10 -20\ny : int8[1x3x3x1] q{1/0} "
            "= "
            "resize_bilinear(x) out_h=3 out_w=3",
            {-128, 42, 127, -36, 7, 29, 10, -10, -20}},
        IntCase{"comparison on a common scale",
                "const a : int8[1x3] q{0.5/0} = 2 3 4\nconst b : int8[1] q{0.25/2} = 8\n"
                "y : bool[1x3] = relational(a, b) kind=less",
                {1, 0, 0}},
        IntCase{"sixteen bits",
                "const x : int16[1x2] q{0.5/0} = 1000 -3\n"
                "y : int16[1x2] q{0.25/0} = add(x, x)",
                {4000, -12}}));

// Many by one divisor go by a table.
TEST(Quotients, AreTheSameByOneDivisorAndByMany) {
  std::string dividends;
  std::string divisors;
  for (int i = 0; i < 300; ++i) {
    dividends += std::to_string(i % 256 - 128) + " ";
    divisors += "-90 ";
  }
  const auto quotients = [&](const std::string& divisor) {
    return RunFirstNode(Parse("const a : int8[1x300] q{0.5/-3} = " + dividends +
                              "\nconst b : " + divisor +
                              "\ny : int8[1x300] q{0.0078125/5} = div(a, b)"));
  };
  EXPECT_EQ(quotients("int8[1] q{0.25/-128} = -90"),
            quotients("int8[1x300] q{0.25/-128} = " + divisors));
}

}  // namespace
}  // namespace kinglet
