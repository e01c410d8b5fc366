// To which layer the weights in a group of an .h5 file belong.
#include "import/legacy_parts.h"

#include <gtest/gtest.h>

namespace kinglet {
namespace {

// Keras 3.15: Dense(1, activation=PReLU(name="slopes")).
TEST(LegacyParts, TellAnActivationsWeightsFromTheLayers) {
  LayerConfig dense;
  dense.name = "dense";
  dense.class_name = "Dense";
  dense.path = "layers/dense";
  dense.config = Json::parse(
      R"({"units": 1, "activation": {"class_name": "PReLU", "module": "keras.layers",
          "registered_name": null, "config": {"name": "slopes"}}})");
  const Tensor number(DType::kFloat32, {1});
  const std::vector<LegacyPart> parts =
      LegacyPartsOf(dense,
                    {{{"dense", "kernel"}, number},
                     {{"dense", "bias"}, number},
                     {{"dense", "slopes", "alpha"}, number}},
                    KerasEra::kKeras3);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_FALSE(parts[0].inner.has_value());
  EXPECT_EQ(parts[0].path, "");
  EXPECT_EQ(parts[0].weights.size(), 2U);
  ASSERT_TRUE(parts[1].inner.has_value());
  EXPECT_EQ(parts[1].inner->path, "layers/dense/activation");
  ASSERT_EQ(parts[1].weights.size(), 1U);
  EXPECT_EQ(parts[1].weights[0].parts.back(), "alpha");
}

}  // namespace
}  // namespace kinglet
