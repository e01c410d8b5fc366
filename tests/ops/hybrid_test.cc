// Float activations with INT8 weights: near the float operation, with the runtime's bits
// where the order of operations shows.
#include "ops/hybrid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/run_node.h"

namespace kinglet {
namespace {

// The ends of a tensor in a file of TensorFlow's, and the scale that LiteRT gives it: in
// double it would be one unit larger.
TEST(QuantizeAsymmetric, SubtractsTheEndsInSinglePrecision) {
  const std::vector<float> x = {-0.37499925F, 1.8371001F, 0};
  QuantizedSample sample;
  QuantizeAsymmetric(x, sample);
  EXPECT_EQ(sample.scale, std::nextafter(0.0086749F, 0.0F));
  EXPECT_THAT(sample.values, testing::ElementsAre(-43, 212, 0));
}

TEST(QuantizeAsymmetric, GivesNothingForZeros) {
  QuantizedSample sample;
  QuantizeAsymmetric(std::vector<float>(3), sample);
  EXPECT_EQ(sample.scale, 1.0F);
  EXPECT_THAT(sample.values, testing::ElementsAre(0, 0, 0));
}

struct HybridCase {
  std::string name;
  std::string text;  ///< SCALES stands for those of the weights
  std::vector<double> scales;
};
void PrintTo(const HybridCase& c, std::ostream* stream) { *stream << c.name; }

std::string With(std::string text, const std::string& key, const std::string& value) {
  const std::size_t at = text.find(key);
  return text.replace(at, key.size(), value);
}

class HybridKernel : public testing::TestWithParam<HybridCase> {};

// Inputs count from 1 to 18 at most: a step is 18 / 255, and half of it each one's error.
// Weights are at most 12, their scales 2, and at most 6 products are summed.
TEST_P(HybridKernel, IsNearTheFloatOperation) {
  const HybridCase& c = GetParam();
  const std::string scales = c.scales.size() == 1 ? "q{0.5/0}" : "q{0.5/0 2/0}";
  Graph plain = Parse(With(c.text, "SCALES", scales));
  const auto hybrid = RunFirstNode(plain);
  Value& weights = plain[plain.nodes[0].inputs[1]];
  Tensor widened(DType::kFloat32, weights.shape);
  const auto q = weights.constant->Data<std::int8_t>();
  const std::size_t channels = c.scales.size();
  const bool last_axis = NameOf(plain.nodes[0].op) == "depthwise_conv_2d";
  for (std::size_t i = 0; i < q.size(); ++i) {
    const std::size_t channel = last_axis ? i % channels : i / (q.size() / channels);
    widened.Data<float>()[i] = q[i] * static_cast<float>(c.scales[channel]);
  }
  weights.dtype = DType::kFloat32;
  weights.quantization.reset();
  weights.constant = std::make_shared<const Tensor>(widened);
  const auto exact = RunFirstNode(plain);
  const double most = 6 * 12 * 2 * (18.0 / 255 / 2);
  EXPECT_THAT(hybrid[0], testing::Pointwise(testing::DoubleNear(most), exact[0]));
  EXPECT_NE(hybrid[0], exact[0]);
}

const std::vector<HybridCase> kHybridCases = {
    {"Conv",
     "in x = x : float32[1x3x3x2]\nconst w : int8[2x2x1x2] SCALES = 1 -2 3 4 -5 6 7 8\n"
     "const b : float32[2] = 1 -1\ny : float32[1x2x3x2] = conv_2d(x, w, b)",
     {0.5, 2}},
    {"ConvWithOneScale",
     "in x = x : float32[1x3x3x2]\nconst w : int8[2x2x1x2] SCALES = 1 -2 3 4 -5 6 7 8\n"
     "const b : float32[2] = 1 -1\ny : float32[1x2x3x2] = conv_2d(x, w, b)",
     {0.5}},
    {"Depthwise",
     "in x = x : float32[1x3x3x2]\nconst w : int8[1x2x1x2] SCALES = 1 -2 3 4\n"
     "const b : float32[2] = 1 -1\ny : float32[1x2x3x2] = depthwise_conv_2d(x, w, b)",
     {0.5, 2}},
    {"Dense",
     "in x = x : float32[2x3]\nconst w : int8[2x3] SCALES = 1 -2 3 4 -5 6\n"
     "y : float32[2x2] = fully_connected(x, w)",
     {0.5, 2}},
    {"TransposeConv",
     "in x = x : float32[1x2x2x2]\nconst w : int8[2x3x1x2] SCALES = 1 -2 3 4 -5 6 7 8 9 "
     "10 11 12\nconst b : float32[2] = 1 -1\n"
     "y : float32[1x5x2x2] = transpose_conv(x, w, b) stride_h=2 out_h=5 out_w=2",
     {0.5, 2}},
    {"BatchMatMul",
     "in x = x : float32[2x2x3]\nconst w : int8[3x2] SCALES = 1 -2 3 4 -5 6\n"
     "y : float32[2x2x2] = batch_mat_mul(x, w)",
     {0.5}},
    {"BatchMatMulTurned",
     "in x = x : float32[2x3x2]\nconst w : int8[2x3] SCALES = 1 -2 3 4 -5 6\n"
     "y : float32[2x2x2] = batch_mat_mul(x, w) adj_x=true adj_y=true",
     {0.5}},
};

INSTANTIATE_TEST_SUITE_P(Operations, HybridKernel, testing::ValuesIn(kHybridCases),
                         [](const auto& instance) { return instance.param.name; });

// Each product of the sum is rounded by itself (rule 9.3): 3 * 0.1 * s + 5 * 0.1 * s.
TEST(TransposeConv, ScalesEachProductByItself) {
  const auto y = RunFirstNode(
      Parse("const x : float32[1x1x1x2] = 1 0.3\nconst w : int8[1x1x1x2] q{0.1/0} = 3 5\n"
            "y : float32[1x1x1x1] = transpose_conv(x, w)"))[0][0];
  QuantizedSample sample;
  QuantizeAsymmetric(std::vector<float>{1.0F, 0.3F}, sample);
  const auto product = [&](std::size_t i, float w) {
    return static_cast<float>(sample.values[i]) * w * 0.1F * sample.scale;
  };
  EXPECT_EQ(static_cast<float>(y), product(0, 3) + product(1, 5));
}

}  // namespace
}  // namespace kinglet
