// Products of matrices and transposed convolutions against plain loops in double.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/support/run_node.h"

namespace kinglet {
namespace {

Tensor Random(const Shape& shape, unsigned seed) {
  std::mt19937 random(seed);
  Tensor tensor(DType::kFloat32, shape);
  for (float& x : tensor.Data<float>()) {
    x = static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 1000.0F;
  }
  return tensor;
}

std::vector<double> ResultOf(Op op, const std::vector<Tensor>& operands) {
  Graph graph;
  std::vector<ValueId> ids;
  for (const Tensor& tensor : operands) ids.push_back(graph.AddConstant("c", tensor));
  AddNode(graph, std::move(op), ids, "y");
  return Numbers(Evaluate({graph, graph.nodes[0]})[0]);
}

// Sums of up to 100 products of numbers up to 1, in float32: 100 * 100 / 2 * 2^-24 at
// most, far less on average.
constexpr double kTolerance = 3e-4;

TEST(BatchMatMul, MultipliesEveryPairOfMatrices) {
  constexpr std::int64_t kM = 5;
  constexpr std::int64_t kK = 19;
  constexpr std::int64_t kN = 18;
  for (const bool adj_x : {false, true}) {
    for (const bool adj_y : {false, true}) {
      const Tensor x = Random(adj_x ? Shape{2, 1, kK, kM} : Shape{2, 1, kM, kK}, 1);
      const Tensor y = Random(adj_y ? Shape{3, kN, kK} : Shape{3, kK, kN}, 2);
      std::vector<double> expected;
      for (std::int64_t batch = 0; batch < 6; ++batch) {
        for (std::int64_t m = 0; m < kM; ++m) {
          for (std::int64_t n = 0; n < kN; ++n) {
            double sum = 0;
            for (std::int64_t k = 0; k < kK; ++k) {
              const auto a = batch / 3 * kM * kK + (adj_x ? k * kM + m : m * kK + k);
              const auto b = batch % 3 * kN * kK + (adj_y ? n * kK + k : k * kN + n);
              sum += static_cast<double>(x.Data<float>()[static_cast<std::size_t>(a)]) *
                     y.Data<float>()[static_cast<std::size_t>(b)];
            }
            expected.push_back(sum);
          }
        }
      }
      EXPECT_THAT(ResultOf(BatchMatMul{adj_x, adj_y}, {x, y}),
                  testing::Pointwise(testing::DoubleNear(kTolerance), expected))
          << adj_x << adj_y;
    }
  }
}

struct ProductCase {
  TransposeConv op;
  Shape in;
  Shape weights;
};

/// Every input spreads its product with the kernel from i * stride - before on.
std::vector<double> Spread(const ProductCase& c, const Tensor& x, const Tensor& w,
                           const Tensor& bias) {
  const auto before = [&](std::int64_t in, std::int64_t stride, std::int64_t kernel,
                          std::int64_t out) {
    const bool same = c.op.padding == Padding::kSame;
    return same ? std::max<std::int64_t>((in - 1) * stride + kernel - out, 0) / 2 : 0;
  };
  const std::int64_t top = before(c.in[1], c.op.stride_h, c.weights[1], c.op.out_h);
  const std::int64_t left = before(c.in[2], c.op.stride_w, c.weights[2], c.op.out_w);
  std::vector<double> out;
  for (std::int64_t i = 0; i < c.in[0] * c.op.out_h * c.op.out_w; ++i) {
    for (const float b : bias.Data<float>()) out.push_back(b);
  }
  std::size_t weight = 0;
  for (std::int64_t o = 0; o < c.weights[0]; ++o) {
    for (std::int64_t ky = 0; ky < c.weights[1]; ++ky) {
      for (std::int64_t kx = 0; kx < c.weights[2]; ++kx) {
        for (std::int64_t ch = 0; ch < c.weights[3]; ++ch, ++weight) {
          for (std::int64_t n = 0; n < c.in[0]; ++n) {
            for (std::int64_t i = 0; i < c.in[1] * c.in[2]; ++i) {
              const std::int64_t oy = i / c.in[2] * c.op.stride_h + ky - top;
              const std::int64_t ox = i % c.in[2] * c.op.stride_w + kx - left;
              if (oy < 0 || ox < 0 || oy >= c.op.out_h || ox >= c.op.out_w) continue;
              const auto from = (n * c.in[1] * c.in[2] + i) * c.in[3] + ch;
              const auto to =
                  ((n * c.op.out_h + oy) * c.op.out_w + ox) * c.weights[0] + o;
              out[static_cast<std::size_t>(to)] +=
                  static_cast<double>(w.Data<float>()[weight]) *
                  x.Data<float>()[static_cast<std::size_t>(from)];
            }
          }
        }
      }
    }
  }
  return out;
}

class TransposeConvOf : public testing::TestWithParam<ProductCase> {};

TEST_P(TransposeConvOf, SpreadsEveryInputOverTheOutput) {
  const ProductCase& c = GetParam();
  const Tensor x = Random(c.in, 3);
  const Tensor w = Random(c.weights, 4);
  const Tensor bias = Random({c.weights[0]}, 5);
  const auto expected = Spread(c, x, w, bias);
  EXPECT_THAT(ResultOf(c.op, {x, w, bias}),
              testing::Pointwise(testing::DoubleNear(kTolerance), expected));
  TransposeConv clamped = c.op;
  clamped.activation = Activation::kRelu;
  auto positive = expected;
  for (double& value : positive) value = std::max(value, 0.0);
  EXPECT_THAT(ResultOf(clamped, {x, w, bias}),
              testing::Pointwise(testing::DoubleNear(kTolerance), positive));
}

TransposeConv Conv(Padding padding, std::int64_t stride_h, std::int64_t stride_w,
                   std::int64_t out_h, std::int64_t out_w) {
  return {.padding = padding,
          .stride_h = stride_h,
          .stride_w = stride_w,
          .out_h = out_h,
          .out_w = out_w};
}

INSTANTIATE_TEST_SUITE_P(
    Geometries, TransposeConvOf,
    testing::Values(
        ProductCase{Conv(Padding::kSame, 2, 2, 6, 8), {2, 3, 4, 3}, {5, 3, 3, 3}},
        ProductCase{Conv(Padding::kSame, 2, 3, 5, 10), {1, 3, 4, 2}, {20, 4, 5, 2}},
        ProductCase{Conv(Padding::kSame, 1, 1, 4, 5), {1, 4, 5, 2}, {3, 3, 2, 2}},
        ProductCase{Conv(Padding::kSame, 3, 2, 9, 8), {1, 3, 4, 2}, {3, 2, 1, 2}},
        ProductCase{Conv(Padding::kValid, 2, 2, 7, 9), {1, 3, 4, 1}, {2, 3, 3, 1}},
        ProductCase{Conv(Padding::kValid, 2, 2, 8, 10), {1, 3, 4, 1}, {2, 3, 3, 1}},
        ProductCase{Conv(Padding::kValid, 3, 1, 8, 6), {1, 3, 4, 17}, {1, 2, 3, 17}}));

}  // namespace
}  // namespace kinglet
