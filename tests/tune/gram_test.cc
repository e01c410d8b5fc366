// The oracle gathers patches by running the layer with one weight at a time.
#include "tune/gram.h"

#include <gtest/gtest.h>

#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

/// What tap `tap`, channel `channel` of all reads at every output position.
std::vector<double> Line(const LinearGeometry& linear, std::span<const std::int8_t> input,
                         int zero_point, Size tap, Size channel) {
  std::vector<double> line;
  for (Size oy = 0; oy < linear.h.out; ++oy) {
    for (Size ox = 0; ox < linear.w.out; ++ox) {
      const Size y = oy * linear.h.stride - linear.h.before +
                     tap / linear.w.kernel * linear.h.dilation;
      const Size x = ox * linear.w.stride - linear.w.before +
                     tap % linear.w.kernel * linear.w.dilation;
      const bool inside = y >= 0 && y < linear.h.in && x >= 0 && x < linear.w.in;
      const Size at = (y * linear.w.in + x) * linear.in_channels + channel;
      line.push_back(inside ? input[static_cast<std::size_t>(at)] - zero_point : 0);
    }
  }
  return line;
}

double Covariance(const std::vector<double>& a, const std::vector<double>& b) {
  double product = 0;
  double mean_a = 0;
  double mean_b = 0;
  const auto n = static_cast<double>(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    product += a[k] * b[k] / n;
    mean_a += a[k] / n;
    mean_b += b[k] / n;
  }
  return product - mean_a * mean_b;
}

TEST(GramsOf, AreTheMomentsAroundTheMeanOfWhatTheTapsRead) {
  for (const LinearLayer& layer : AllLinearLayers()) {
    const LinearGeometry linear = layer.geometry();
    std::mt19937 random(3);
    Tensor input(DType::kInt8, layer.graph[layer.graph.inputs[0].value].shape);
    for (std::int8_t& q : input.Data<std::int8_t>()) {
      q = static_cast<std::int8_t>(static_cast<int>(random() % 256) - 128);
    }
    const auto at = [&](std::size_t) -> const Tensor& { return input; };
    const LayerInputs inputs{.samples = 2, .integers = at, .zero_point = 11};
    const auto grams = GramsOf(linear, inputs, 1);
    ASSERT_EQ(grams.size(), static_cast<std::size_t>(linear.groups));
    const Size channels = linear.Channels();
    const std::size_t size = grams[0].size;
    for (std::size_t place = 0; place < grams.size() * size * size; ++place) {
      const std::size_t group = place / (size * size);
      const std::size_t i = place / size % size;
      const std::size_t j = place % size;
      const auto line = [&](std::size_t k) {
        const auto input_of = static_cast<Size>(k);
        return Line(linear, input.Data<std::int8_t>(), 11, input_of / channels,
                    static_cast<Size>(group) * channels + input_of % channels);
      };
      EXPECT_NEAR(grams[group].moments[i * size + j], Covariance(line(i), line(j)), 1e-6)
          << layer.name << " " << group << " " << i << " " << j;
    }
    EXPECT_EQ(GramsOf(linear, inputs, 3)[0].moments, grams[0].moments) << "workers";
  }
}

}  // namespace
}  // namespace kinglet
