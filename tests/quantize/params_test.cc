#include "quantize/params.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace kinglet {
namespace {

using testing::Each;
using testing::ElementsAre;

std::uint32_t Bits(float value) { return std::bit_cast<std::uint32_t>(value); }

struct RangeCase {
  Range range;
  std::uint32_t scale_bits;
  std::int32_t zero_point;
};

// Scales that TensorFlow wrote for these ranges.
TEST(ActivationParams, AreTensorFlows) {
  const RangeCase cases[] = {
      {{0, 6}, 0x3cc0c0c1, -128},        {{-1, 1}, 0x3c008081, -1},
      {{-2.5F, 3.75F}, 0x3cc8c8c9, -26}, {{0.5F, 2}, Bits(0.00784313772F), -128},
      {{-3, -1}, 0x3c40c0c1, 127},       {{0, 0}, 0x3206be7b, 0},
      {{-0.1F, 0}, 0x39cd9a67, 127},     {{0, 1}, 0x3b808081, -128},
  };
  for (const RangeCase& c : cases) {
    const QuantParams params = ActivationParams(c.range);
    EXPECT_EQ(Bits(params.scale), c.scale_bits) << c.range.min << " " << c.range.max;
    EXPECT_EQ(params.zero_point, c.zero_point) << c.range.min << " " << c.range.max;
  }
}

TEST(ActivationParams, WidenRangesBelowAMillionth) {
  EXPECT_EQ(ActivationParams({0, 9.9e-7F}).scale,
            (static_cast<float>(9.9e-7F + 1e-6) - static_cast<float>(-1e-6)) / 255);
  EXPECT_EQ(ActivationParams({0, 1.1e-6F}).scale, 1.1e-6F / 255);
}

// TensorFlow's parameters of the constant 1e-6: the range is -5e-7..1e-6.
TEST(WideParams, ReachToTheLargerEndInStepsThatAClampAtSixCanCount) {
  EXPECT_EQ(WideParams({-4, 2}).scale, 4.0F / 32767);
  EXPECT_EQ(WideParams({0, 0}).scale, 0x1p-28F);
  EXPECT_LT(6 / static_cast<double>(WideParams({0, 0}).scale), 2147483647);
}

TEST(ConstantParams, WidenRangesUpToAMillionth) {
  const float tiny[] = {1e-6F};
  EXPECT_EQ(ConstantParams(tiny).scale, 5.88235305e-09F);
  EXPECT_EQ(ConstantParams(tiny).zero_point, -43);
  const float zero[] = {0};
  EXPECT_EQ(ConstantParams(zero).scale, 3.9215684e-09F);
  EXPECT_EQ(ConstantParams(zero).zero_point, 0);
  const float small[] = {-1.1e-6F};
  EXPECT_EQ(ConstantParams(small).scale, 1.1e-6F / 255);
  EXPECT_EQ(ConstantParams(small).zero_point, 127);
}

TEST(QuantizeConstant, RoundsHalvesAwayFromZeroAndSaturates) {
  const float values[] = {0.5F, 1.5F, -0.5F, -2.5F, 1000, -1000};
  EXPECT_THAT(QuantizeConstant(values, {1, 0}), ElementsAre(1, 2, -1, -3, 127, -128));
  EXPECT_THAT(QuantizeConstant(values, {1, 10}), ElementsAre(11, 12, 9, 7, 127, -128));
}

TEST(QuantizeConstant, GivesTheEndsOfItsOwnRange) {
  for (const float c : {0.1F, 0.35F, 0.65F}) {
    const float values[] = {-c};
    const QuantParams params = ConstantParams(values);
    EXPECT_EQ(params.scale, c / 255);
    EXPECT_EQ(params.zero_point, 127);
    EXPECT_THAT(QuantizeConstant(values, params), ElementsAre(-128));
  }
}

// The stem of a published model, channel 0: kernel, folded factor 40.96, TensorFlow's
// scale and integers.
constexpr float kFactor = 40.9611664F;
constexpr float kStem[] = {-0.353449285F, -0.431234866F, -0.0752161369F,
                           0.140797868F,  -0.101421922F, -0.0929801539F,
                           0.0614671558F, 0.211608544F,  0.00849329494F};

TEST(WeightScales, AreTensorFlowsForAStem) {
  std::vector<float> folded;
  for (const float w : kStem) folded.push_back(w * kFactor);
  const Tensor weights = Tensor::Of<float>({1, 3, 3, 1}, std::span<const float>(folded));
  const auto scales = WeightScales(weights, 0, false);
  EXPECT_NEAR(scales.at(0), 0.139085695F, 2e-8F);
  const Tensor quantized = QuantizeWeights(weights, 0, scales);
  EXPECT_THAT(quantized.Data<std::int8_t>(),
              ElementsAre(-104, -127, -22, 41, -30, -27, 18, 62, 3));
}

const Tensor& TwoChannels() {
  static const float values[] = {1, -254, 0.5F, 63.5F};
  static const Tensor weights = Tensor::Of<float>({1, 1, 2, 2}, std::span(values));
  return weights;
}

TEST(WeightScales, HoldTheLargestMagnitudeAlongTheAxis) {
  EXPECT_THAT(WeightScales(TwoChannels(), 3, false), ElementsAre(1 / 127.0F, 2));
  EXPECT_THAT(WeightScales(TwoChannels(), 2, false), ElementsAre(2, 0.5F));
  EXPECT_THAT(WeightScales(TwoChannels(), 3, true), ElementsAre(2));
}

TEST(QuantizeWeights, TakesTheScaleOfEachIndexOfTheAxis) {
  const float scales[] = {1 / 127.0F, 2};
  EXPECT_THAT(QuantizeWeights(TwoChannels(), 3, scales).Data<std::int8_t>(),
              ElementsAre(127, -127, 64, 32));
  const float one[] = {2};
  EXPECT_THAT(QuantizeWeights(TwoChannels(), 3, one).Data<std::int8_t>(),
              ElementsAre(1, -127, 0, 32));
}

TEST(WeightScales, OfAllButZeroChannelsAreTheFloor) {
  const Tensor dead(DType::kFloat32, {2, 3});
  EXPECT_THAT(WeightScales(dead, 0, false), Each(3.937008e-09F));
  const float tiny[] = {4.9e-7F};
  EXPECT_THAT(WeightScales(Tensor::Of<float>({1, 1}, std::span(tiny)), 0, false),
              Each(3.937008e-09F));
}

TEST(QuantizeBias, TakesTheProductOfTheScales) {
  const float bias[] = {0.00614490593F};
  const auto [integers, scales, weights] =
      QuantizeBias(bias, 4.59978692e-05F, {0.139085695F});
  EXPECT_THAT(integers, ElementsAre(960));
  EXPECT_THAT(scales, ElementsAre(6.39764539e-06F));
  EXPECT_THAT(weights, ElementsAre(0.139085695F));
}

constexpr double kHalf = 1073741823;  // half the int32 range

TEST(QuantizeBias, RaisesTheScaleOfAChannelWhoseBiasWouldOverflow) {
  const float bias[] = {-6, 1, 6};
  const float floor = 3.937008e-09F;
  const auto result = QuantizeBias(bias, 0.5F, {floor, 0.25F, floor});
  const auto raised = static_cast<float>(6 / kHalf);
  EXPECT_THAT(result.bias_scales, ElementsAre(raised, 0.125F, raised));
  EXPECT_THAT(result.weight_scales,
              ElementsAre(static_cast<float>(static_cast<double>(raised) / 0.5), 0.25F,
                          static_cast<float>(static_cast<double>(raised) / 0.5)));
  EXPECT_EQ(result.bias[1], 8);
  // float32 has steps of 64 there
  EXPECT_NEAR(result.bias[0], -kHalf, 65);
  EXPECT_NEAR(result.bias[2], kHalf, 65);
}

TEST(QuantizeBias, LeavesABiasAtTheLimitAlone) {
  const float scale = 0x1p-20F;
  const float below[] = {1073741760 * scale};
  const float above[] = {1073741952 * scale};
  EXPECT_THAT(QuantizeBias(below, 1, {scale}).weight_scales, ElementsAre(scale));
  EXPECT_THAT(QuantizeBias(above, 1, {scale}).weight_scales,
              testing::Not(ElementsAre(scale)));
}

TEST(QuantizeBias, RaisesTheOneScaleOfATensorForItsLargestBias) {
  const float bias[] = {1, -40, 20};
  const auto result = QuantizeBias(bias, 1, {1e-9F});
  EXPECT_THAT(result.bias_scales, ElementsAre(static_cast<float>(40 / kHalf)));
  EXPECT_EQ(result.weight_scales, result.bias_scales);
  EXPECT_NEAR(result.bias[1], -kHalf, 65);
  EXPECT_NEAR(result.bias[0], kHalf / 40, 4);
}

}  // namespace
}  // namespace kinglet
