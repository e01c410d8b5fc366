// The oracle runs the layer and averages its outputs.
#include "tune/tap_means.h"

#include <gtest/gtest.h>

#include "run/executor.h"
#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

TEST(MeanProducts, EqualTheMeanOutputLessTheBias) {
  for (const LinearLayer& layer : AllLinearLayers()) {
    const Executor executor(layer.graph);
    auto context = executor.NewContext();
    const Sample sample = RandomSamples(layer.graph, 1, 7)[0];
    const Tensor output = executor.Run(context, sample)[0];
    const LinearGeometry linear = layer.geometry();
    const auto means =
        MeanProducts(linear, TapMeans(linear, sample[0].Data<float>()),
                     layer.graph[layer.node().inputs[1]].constant->Data<float>());
    const auto bias = layer.graph[layer.node().inputs[2]].constant->Data<float>();
    const std::size_t channels = bias.size();
    const std::size_t rows = output.size() / channels;
    for (std::size_t c = 0; c < channels; ++c) {
      double mean = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        mean += output.Data<float>()[r * channels + c];
      }
      EXPECT_NEAR(means[c] + bias[c], mean / static_cast<double>(rows), 1e-5)
          << layer.name << " channel " << c;
    }
  }
}

TEST(TapMeans, CountPaddingOfIntegersAsTheZeroPoint) {
  const LinearLayer layer = AllLinearLayers()[0];
  const LinearGeometry linear = layer.geometry();
  const std::vector<float> zeros(5 * 6 * 3);
  const std::vector<std::int8_t> zero_points(zeros.size(), -5);
  EXPECT_EQ(TapMeans(linear, std::span<const std::int8_t>(zero_points), -5),
            TapMeans(linear, std::span<const float>(zeros)));
}

TEST(TapMeans, SumWideIntegersExactly) {
  const LinearLayer layer = AllLinearLayers()[0];
  const LinearGeometry linear = layer.geometry();
  const std::vector<float> floats(5 * 6 * 3, 32767);
  const std::vector<std::int16_t> integers(floats.size(), 32767);
  EXPECT_EQ(TapMeans(linear, std::span<const std::int16_t>(integers)),
            TapMeans(linear, std::span<const float>(floats)));
}

}  // namespace
}  // namespace kinglet
