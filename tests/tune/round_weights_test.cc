#include "tune/round_weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

constexpr std::size_t kInputs = 6;

/// e' H e with e = s q - w.
double Loss(const Gram& gram, std::span<const float> weights,
            std::span<const std::int8_t> integers, double scale) {
  double loss = 0;
  for (std::size_t i = 0; i < gram.size; ++i) {
    for (std::size_t j = 0; j < gram.size; ++j) {
      loss += (scale * integers[i] - weights[i]) * gram.moments[i * gram.size + j] *
              (scale * integers[j] - weights[j]);
    }
  }
  return loss;
}

Tensor Nearest(const Tensor& weights, double scale) {
  Tensor nearest(DType::kInt8, weights.shape());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    nearest.Data<std::int8_t>()[i] =
        static_cast<std::int8_t>(std::round(weights.Data<float>()[i] / scale));
  }
  return nearest;
}

Gram Correlated(double correlation) {
  Gram gram{kInputs, std::vector<double>(kInputs * kInputs, correlation)};
  for (std::size_t i = 0; i < kInputs; ++i) gram.moments[i * kInputs + i] = 1;
  return gram;
}

TEST(RoundWeights, TakesTheNearestIntegersOfIndependentInputs) {
  const LinearLayer layer =
      MakeLayer("dense", FullyConnected{}, {1, kInputs}, {3, kInputs}, 3);
  const Tensor& weights = *layer.graph[layer.node().inputs[1]].constant;
  const float scale = 0.01F;
  const std::vector<Gram> grams = {Correlated(0)};
  EXPECT_EQ(RoundWeights(layer.geometry(), weights, std::span(&scale, 1), grams, 1),
            Nearest(weights, scale));
}

TEST(RoundWeights, LosesLessOnInputsThatGoTogether) {
  double nearest_loss = 0;
  double rounded_loss = 0;
  for (std::int64_t outputs = 1; outputs < 20; ++outputs) {
    const LinearLayer layer =
        MakeLayer("dense", FullyConnected{}, {1, kInputs}, {outputs, kInputs}, outputs);
    const Tensor& weights = *layer.graph[layer.node().inputs[1]].constant;
    const float scale = 0.1F;
    const std::vector<Gram> grams = {Correlated(0.95)};
    const Tensor nearest = Nearest(weights, scale);
    const Tensor rounded =
        RoundWeights(layer.geometry(), weights, std::span(&scale, 1), grams, 2);
    for (std::size_t o = 0; o < static_cast<std::size_t>(outputs); ++o) {
      const auto row = [&](auto span) { return span.subspan(o * kInputs, kInputs); };
      nearest_loss += Loss(grams[0], row(weights.Data<float>()),
                           row(nearest.Data<std::int8_t>()), scale);
      rounded_loss += Loss(grams[0], row(weights.Data<float>()),
                           row(rounded.Data<std::int8_t>()), scale);
    }
  }
  EXPECT_LT(rounded_loss, 0.5 * nearest_loss);
}

TEST(RoundWeights, StaysWithinTheIntegersOfWeights) {
  const LinearLayer layer =
      MakeLayer("dense", FullyConnected{}, {1, kInputs}, {3, kInputs}, 3);
  const Tensor& weights = *layer.graph[layer.node().inputs[1]].constant;
  const float scale = 1e-4F;
  const std::vector<Gram> grams = {Correlated(0.9)};
  const Tensor rounded =
      RoundWeights(layer.geometry(), weights, std::span(&scale, 1), grams, 1);
  for (const std::int8_t q : rounded.Data<std::int8_t>()) EXPECT_NE(q, -128);
}

}  // namespace
}  // namespace kinglet
