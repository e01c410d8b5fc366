#include "pipeline/free_axes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/npz.h"
#include "frontend/feature_extractor.h"
#include "kinglet/error.h"
#include "pipeline/convert.h"
#include "pipeline/run_model.h"
#include "tests/support/keras_builder.h"

namespace kinglet {
namespace {

class FreeAxes : public testing::Test {
 protected:
  /// A pass-through of inputs with these sizes; 0 stands for a free axis.
  void WriteModel(const std::vector<std::vector<std::int64_t>>& inputs) const {
    std::vector<BuiltLayer> layers;
    std::vector<std::string> names;
    std::vector<std::string> outputs;
    for (const auto& sizes : inputs) {
      const std::string name = std::string(1, static_cast<char>('a' + names.size()));
      BuiltLayer input = InputOf(sizes, name);
      for (auto& size : input.config["batch_shape"]) {
        if (size == 0) size = nullptr;
      }
      layers.push_back(input);
      names.push_back(name);
      layers.push_back({"Activation", name + "_relu", {{"activation", "relu"}}, {name}});
      outputs.push_back(name + "_relu");
    }
    WriteArchive(model(), {.metadata = kBuilderMetadata,
                           .config = FunctionalJson(layers, names, outputs),
                           .weights = WeightsBuilder().Bytes()});
  }
  void WriteSamples(const std::vector<std::pair<std::string, Shape>>& arrays) const {
    std::vector<NamedTensor> tensors;
    for (const auto& [name, shape] : arrays) {
      tensors.push_back({name, Tensor(DType::kFloat32, shape)});
      std::ranges::fill(tensors.back().tensor.Data<float>(), 0.5F);
    }
    WriteNpz(samples(), tensors);
  }
  [[nodiscard]] std::filesystem::path model() const { return folder_.path() / "m.keras"; }
  [[nodiscard]] std::filesystem::path samples() const { return folder_.path() / "s.npz"; }
  [[nodiscard]] std::vector<InputInfo> inputs() const {
    return ListKerasLayers(model(), {}).inputs;
  }
  [[nodiscard]] ImportOptions Found(const ImportOptions& given = {}) const {
    return WithShapesOfArrays(inputs(), given, samples());
  }
  using Shapes = std::map<std::string, std::vector<std::int64_t>>;

  TemporaryFolder folder_;
};

TEST_F(FreeAxes, AreThoseOfTheOnlyArray) {
  WriteModel({{0, 3}});
  WriteSamples({{"features", {7, 5, 3}}});
  EXPECT_EQ(Found().input_shapes, (Shapes{{"a", {1, 5, 3}}}));
}

TEST_F(FreeAxes, AreThoseOfTheArraysOfTheInputsNames) {
  WriteModel({{0, 3}, {4}, {0, 0}});
  WriteSamples({{"c", {7, 2, 6}}, {"b", {7, 4}}, {"a", {7, 5, 3}}});
  EXPECT_EQ(Found().input_shapes, (Shapes{{"a", {1, 5, 3}}, {"c", {1, 2, 6}}}));
}

TEST_F(FreeAxes, GiveWayToOptions) {
  WriteModel({{0, 3}});
  WriteSamples({{"a", {7, 5, 3}}});
  EXPECT_EQ(Found({.input_shapes = {{"a", {1, 9, 3}}}}).input_shapes,
            (Shapes{{"a", {1, 9, 3}}}));
}

TEST_F(FreeAxes, StayOpenWhereNoArrayFits) {
  WriteModel({{0, 3}});
  for (const Shape& shape : {Shape{7, 5, 4}, Shape{7, 5}}) {
    WriteSamples({{"a", shape}});
    EXPECT_TRUE(Found().input_shapes.empty());
  }
  EXPECT_THROW(RunModel({.model = model(), .input = samples()}, {}), Error);
}

TEST_F(FreeAxes, AreTakenWhenAModelIsRunAndConverted) {
  WriteModel({{0, 3}});
  WriteSamples({{"a", {7, 5, 3}}});
  const auto outputs = RunModel({.model = model(), .input = samples()}, {});
  EXPECT_EQ(outputs.at(0).tensor.shape(), (Shape{7, 5, 3}));
  ConvertJob job;
  job.model = model();
  job.calibration = samples();
  EXPECT_FALSE(Convert(job, {}).files.at(0).bytes.empty());
}

TEST_F(FreeAxes, AreThoseOfTheFrontEnd) {
  WriteModel({{0, 0, 1}});
  AudioSource source;
  source.config = KINGLET_SOURCE_DIR "/examples/model_config.json";
  const auto found = WithShapeOfFrontEnd(inputs(), {}, source, model()).input_shapes;
  const Shape made = FeatureExtractor(ResolveAudioConfig(source, model())).shape();
  EXPECT_EQ(found, (Shapes{{"a", made}}));
}

}  // namespace
}  // namespace kinglet
