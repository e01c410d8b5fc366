// What layers do with the masks of their inputs, by the rules of Keras 3, step by step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "import/keras_import.h"
#include "kinglet/error.h"
#include "run/executor.h"
#include "tests/support/keras_builder.h"

namespace kinglet {
namespace {

using nlohmann::json;
using testing::ElementsAre;

/// What the last layer makes of x. Layer "masked" lacks the steps of zeros alone.
std::vector<float> Result(std::vector<BuiltLayer> layers, const Shape& shape,
                          const std::vector<float>& x,
                          const WeightsBuilder& weights = WeightsBuilder()) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  layers.insert(layers.begin(), {InputOf({shape.begin() + 1, shape.end()}),
                                 {"Masking", "masked", {{"mask_value", 0.0}}, {"x"}}});
  const std::string last = layers.back().name;
  WriteArchive(
      path, {kBuilderMetadata, FunctionalJson(layers, {"x"}, {last}), weights.Bytes()});
  const Executor executor(ImportKeras(path, {}).graph);
  Executor::Context context = executor.NewContext();
  const Tensor input = Tensor::Of<float>(shape, std::span<const float>(x));
  const std::vector<Tensor> outputs = executor.Run(context, {&input, 1});
  const auto data = outputs.at(0).Data<float>();
  return {data.begin(), data.end()};
}

BuiltLayer Moved(float offset) {
  return {"Rescaling", "moved", {{"scale", 1.0}, {"offset", offset}}, {"x"}};
}

TEST(Masks, LeaveAFactorOut) {
  EXPECT_THAT(Result({Moved(5), {"Multiply", "y", json::object(), {"masked", "moved"}}},
                     {1, 3, 1}, {1, 0, 3}),
              ElementsAre(6, 5, 24));
}

TEST(Masks, MakeAProductZeroWhereNoFactorCounts) {
  EXPECT_THAT(Result({{"ReLU", "other", json::object(), {"masked"}},
                      {"Multiply", "y", json::object(), {"masked", "other"}}},
                     {1, 3, 1}, {1, 0, 3}),
              ElementsAre(1, 0, 9));
}

TEST(Masks, LeaveAnOperandOfAnExtremeOut) {
  EXPECT_THAT(Result({Moved(-5), {"Maximum", "y", json::object(), {"masked", "moved"}}},
                     {1, 3, 1}, {1, 0, 3}),
              ElementsAre(1, -5, 3));
  EXPECT_THAT(Result({Moved(5), {"Minimum", "y", json::object(), {"moved", "masked"}}},
                     {1, 3, 1}, {1, 0, 3}),
              ElementsAre(1, 5, 3));
}

BuiltLayer AsTensor(const std::string& name, const json& dtype,
                    const std::string& input) {
  const json config = {{"dtype", dtype}, {"sparse", nullptr}, {"ragged", false}};
  return {"ConvertToTensor", name, config, {input}, "keras.src.ops.core"};
}

/// Masks the second of three numbers. The mask comes in as `mask_type` and gets to the
/// softmax by these layers.
void ExpectMaskedSoftmax(std::vector<BuiltLayer> way, DType mask_type) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  const std::string last = way.empty() ? "mask" : way.back().name;
  way.insert(way.begin(), {InputOf({3}), InputOf({3}, "mask")});
  way.push_back({"Softmax", "y", {}, {"x"}});
  json config = json::parse(FunctionalJson(way, {"x", "mask"}, {"y"}));
  LayerNamed(config, "mask")["config"]["dtype"] = NameOf(mask_type);
  LayerNamed(config, "y")["inbound_nodes"][0]["kwargs"]["mask"] = TensorReference(last);
  WriteArchive(path, {kBuilderMetadata, config.dump(), WeightsBuilder().Bytes()});
  const Executor executor(ImportKeras(path, {}).graph);
  Executor::Context context = executor.NewContext();
  const std::array<float, 3> x = {std::log(3.0F), 7, 0};
  const std::array<bool, 3> bools = {true, false, true};
  const std::array<float, 3> floats = {0.25, 0, -1};
  const std::vector<Tensor> inputs = {Tensor::Of<float>({1, 3}, x),
                                      mask_type == DType::kBool
                                          ? Tensor::Of<bool>({1, 3}, bools)
                                          : Tensor::Of<float>({1, 3}, floats)};
  const std::vector<Tensor> outputs = executor.Run(context, inputs);
  const auto y = outputs.at(0).Data<float>();
  EXPECT_NEAR(y[0], 0.75, 1e-6);
  EXPECT_NEAR(y[1], 0, 1e-6);
  EXPECT_NEAR(y[2], 0.25, 1e-6);
}

TEST(Masks, LeaveStepsOutOfASoftmaxThatGetsOne) { ExpectMaskedSoftmax({}, DType::kBool); }

// Keras has the mask of an Attention pass through this function.
TEST(Masks, StayWhatTheyAreAsTensors) {
  ExpectMaskedSoftmax({AsTensor("to", nullptr, "mask")}, DType::kBool);
  ExpectMaskedSoftmax({AsTensor("to", "bool", "mask")}, DType::kFloat32);
}

// keras.ops.convert_to_tensor(x) is x, and GlobalAveragePooling1D finds the mask at it.
TEST(Masks, StayWithWhatIsATensorAlready) {
  EXPECT_THAT(Result({AsTensor("same", nullptr, "masked"),
                      {"GlobalAveragePooling1D", "y", json::object(), {"same"}}},
                     {1, 3, 1}, {1, 0, 3.5F}),
              ElementsAre(2.25F));
}

TEST(Masks, EndAtALayerThatLetsNonePassThoughItChangesNothing) {
  EXPECT_THAT(Result({{"Reshape", "same", {{"target_shape", {3, 1}}}, {"masked"}},
                      {"GlobalAveragePooling1D", "y", json::object(), {"same"}}},
                     {1, 3, 1}, {1, 0, 3.5F}),
              ElementsAre(1.5F));
}

// h = x + 2 h from the last step on, held where a step doesn't count. Unrolled, Keras
// zeroes shown step i by the mask of step i from the front.
TEST(Masks, ZeroStepsOfABackwardLayerAsKerasDoes) {
  WeightsBuilder weights;
  weights.Add("layers/simple_rnn/cell/vars/0", {1, 1}, {1});
  weights.Add("layers/simple_rnn/cell/vars/1", {1, 1}, {2});
  json config = {
      {"units", 1},           {"activation", "linear"},   {"use_bias", false},
      {"go_backwards", true}, {"return_sequences", true}, {"zero_output_for_mask", true}};
  const auto shown = [&](const std::vector<float>& x) {
    return Result({{"SimpleRNN", "y", config, {"masked"}}}, {1, 4, 1}, x, weights);
  };
  EXPECT_THAT(shown({1, 2, 0, 0}), ElementsAre(0, 0, 2, 5));
  config["unroll"] = true;
  EXPECT_THAT(shown({1, 2, 0, 0}), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(shown({1, 0, 3, 0}), ElementsAre(0, 0, 3, 0));
  EXPECT_THAT(shown({0, 0, 3, 2}), ElementsAre(0, 0, 7, 7));
}

TEST(Masks, AreNotSeenByARecurrentLayerWithAGivenState) {
  WeightsBuilder weights;
  weights.Add("layers/simple_rnn/cell/vars/0", {1, 1}, {1});
  weights.Add("layers/simple_rnn/cell/vars/1", {1, 1}, {2});
  const json config = {{"units", 1}, {"activation", "linear"}, {"use_bias", false}};
  // From the state 2: 1 + 2 * 2, 0 + 2 * 5, 2 + 2 * 10.
  EXPECT_THAT(Result({{"GlobalMaxPooling1D", "state", json::object(), {"x"}},
                      {"SimpleRNN", "y", config, {"masked", "state"}}},
                     {1, 3, 1}, {1, 0, 2}, weights),
              ElementsAre(22));
  // Without one, from 0: 1, nothing, 2 + 2 * 1.
  EXPECT_THAT(
      Result({{"SimpleRNN", "y", config, {"masked"}}}, {1, 3, 1}, {1, 0, 2}, weights),
      ElementsAre(4));
}

/// A model of "x" and one layer, of which `edit` changes the call; what it makes of x.
std::vector<float> ResultOfCall(const BuiltLayer& layer, const Shape& shape,
                                const std::vector<float>& x,
                                const std::function<void(json& call)>& edit) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  json config = json::parse(FunctionalJson(
      {InputOf({shape.begin() + 1, shape.end()}), layer}, {"x"}, {layer.name}));
  edit(LayerNamed(config, layer.name)["inbound_nodes"][0]);
  WriteArchive(path, {kBuilderMetadata, config.dump(), WeightsBuilder().Bytes()});
  const Executor executor(ImportKeras(path, {}).graph);
  Executor::Context context = executor.NewContext();
  const Tensor input = Tensor::Of<float>(shape, std::span<const float>(x));
  const std::vector<Tensor> outputs = executor.Run(context, {&input, 1});
  const auto data = outputs.at(0).Data<float>();
  return {data.begin(), data.end()};
}

json ArrayOf(const char* kind, const json& value, const char* dtype) {
  return {{"class_name", kind}, {"config", {{"value", value}, {"dtype", dtype}}}};
}

// Arrays in a call of a layer are operands as tensors are, wherever they stand.
TEST(Calls, TakeArraysAsOperands) {
  for (const char* kind : {"__numpy__", "__tensor__"}) {
    const auto add = [&](json& call) {
      call["args"][0] =
          json::array({TensorReference("x"), ArrayOf(kind, {{10.0, 20.0}}, "float32")});
    };
    EXPECT_THAT(ResultOfCall({"Add", "y", {}, {"x"}}, {1, 2}, {1, 2}, add),
                ElementsAre(11, 22));
    const auto mask = [&](json& call) {
      call["kwargs"]["mask"] = ArrayOf(kind, {{true, false, true}}, "bool");
    };
    EXPECT_THAT(ResultOfCall({"GlobalAveragePooling1D", "y", {}, {"x"}}, {1, 3, 1},
                             {1, 7, 3}, mask),
                ElementsAre(2));
  }
}

TEST(Calls, RefuseArraysThatAreNoTensors) {
  const auto add = [](json& call) {
    call["args"][0] = json::array(
        {TensorReference("x"), ArrayOf("__numpy__", {{"Infinity", 1.0}}, "float32")});
  };
  try {
    ResultOfCall({"Add", "y", {}, {"x"}}, {1, 2}, {1, 2}, add);
    ADD_FAILURE() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(error.what(), testing::HasSubstr("finite"));
  }
}

}  // namespace
}  // namespace kinglet
