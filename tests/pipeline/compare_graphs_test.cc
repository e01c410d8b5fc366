#include "pipeline/compare_graphs.h"

#include <gtest/gtest.h>

#include <map>

#include "ir/text.h"

namespace kinglet {
namespace {

/// Two rows of integers, whose mean goes through a softmax in float.
constexpr const char* kDithered =
    "in input = x : float32[1x2]\n"
    "q : int8[1x2] q{0.5/0} = quantize(x) dtype=int8\n"
    "rows : int8[2x2] q{0.5/0} = concatenation(q, q)\n"
    "f : float32[2x2] = dequantize(rows)\n"
    "m : float32[1x2] = mean(f) axes=[0] keep_dims=true\n"
    "y : float32[1x2] = softmax(m)\nout output_0 = y\n";

std::map<std::string, Tensor> Golden(const std::string& text) {
  const std::vector<float> first = {1, -2};
  const std::vector<float> second = {3, 4};
  std::vector<Sample> samples;
  for (const auto& one : {first, second}) {
    samples.push_back({Tensor::Of<float>({1, 2}, std::span<const float>(one))});
  }
  std::map<std::string, Tensor> arrays;
  for (NamedTensor& array : GoldenArrays(Parse(text), samples, 1)) {
    arrays.emplace(array.name, std::move(array.tensor));
  }
  return arrays;
}

TEST(GoldenArrays, HoldTheLastIntegersBeforeFloatOutputs) {
  const auto arrays = Golden(kDithered);
  ASSERT_TRUE(arrays.contains("output_0/int8"));
  const Tensor& rows = arrays.at("output_0/int8");
  EXPECT_EQ(rows.shape(), (Shape{4, 2}));
  const auto data = rows.Data<std::int8_t>();
  EXPECT_EQ(std::vector<int>(data.begin(), data.end()),
            (std::vector<int>{2, -4, 2, -4, 6, 8, 6, 8}));
  EXPECT_TRUE(arrays.contains("input/int8"));
  EXPECT_EQ(arrays.at("output_0").shape(), (Shape{2, 2}));
}

TEST(GoldenArrays, HoldNoIntegersThatALayerInFloatComputesOn) {
  const auto arrays = Golden(
      "in input = x : float32[1x2]\n"
      "q : int8[1x2] q{0.5/0} = quantize(x) dtype=int8\n"
      "f : float32[1x2] = dequantize(q)\nconst w : float32[2x2] = 1 2 3 4\n"
      "y : float32[1x2] = fully_connected(f, w)\nout output_0 = y\n");
  EXPECT_FALSE(arrays.contains("output_0/int8"));
  EXPECT_TRUE(arrays.contains("input/int8"));
}

TEST(GoldenArrays, HoldFloatsAloneWhereNothingIsInteger) {
  const auto arrays = Golden(
      "in input = x : float32[1x2]\ny : float32[1x2] = tanh(x)\nout output_0 = y\n");
  EXPECT_EQ(arrays.size(), 2U);
}

}  // namespace
}  // namespace kinglet
