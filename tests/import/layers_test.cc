// One layer behind an input named "x", and the graph that it becomes, as text but for the
// names of values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "import/keras_import.h"
#include "import/model_config.h"
#include "kinglet/error.h"
#include "tests/support/keras_builder.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ImportedModel Imported(const std::string& config, const WeightsBuilder& weights) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  WriteArchive(path, {kBuilderMetadata, config, weights.Bytes()});
  return ImportKeras(path, {});
}

/// x -> layer, which stores these variables.
struct Case {
  std::string class_name;
  json config;
  std::vector<std::int64_t> input;  ///< shape without batch
  std::vector<std::pair<std::vector<hsize_t>, std::vector<double>>> variables = {};
};

ImportedModel Import(const Case& c) {
  WeightsBuilder weights;
  for (std::size_t i = 0; i < c.variables.size(); ++i) {
    weights.Add("layers/" + SnakeCase(c.class_name) + "/vars/" + std::to_string(i),
                c.variables[i].first, c.variables[i].second);
  }
  return Imported(
      FunctionalJson({InputOf(c.input), {c.class_name, "layer", c.config, {"x"}}}, {"x"},
                     {"layer"}),
      weights);
}

void ExpectGraph(const Case& c, const std::string& nodes) {
  SCOPED_TRACE(c.class_name + " " + c.config.dump());
  std::string input = "in x = x : float32[1";
  for (const std::int64_t size : c.input) input += "x" + std::to_string(size);
  try {
    const Graph graph = WithoutDeadParts(Import(c).graph);
    EXPECT_EQ(StructureProblem(graph), std::nullopt);
    EXPECT_EQ(TextWithoutNames(graph),
              TextWithoutNames(Parse(input + "]\n" + nodes + "out output_0 = y\n")));
  } catch (const Error& error) {
    ADD_FAILURE() << error.what();
  }
}

std::string Refusal(const Case& c, ErrorKind kind) {
  try {
    Import(c);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(Conv2D, BringsTheOutputChannelOfItsKernelToTheFront) {
  ExpectGraph({"Conv2D",
               {{"filters", 2},
                {"kernel_size", {1, 3}},
                {"strides", {1, 2}},
                {"padding", "same"},
                {"dilation_rate", {1, 1}},
                {"groups", 1},
                {"data_format", "channels_last"},
                {"activation", "relu"},
                {"use_bias", true}},
               {1, 4, 1},
               {{{1, 3, 1, 2}, {1, 10, 2, 20, 3, 30}}, {{2}, {7, 8}}}},
              "const w : float32[2x1x3x1] = 1 2 3 10 20 30\n"
              "const b : float32[2] = 7 8\n"
              "c : float32[1x1x2x2] = conv_2d(x, w, b) padding=same stride_w=2\n"
              "y : float32[1x1x2x2] = relu(c)\n");
}

TEST(Conv2D, KeepsGroupsAndGetsAZeroBias) {
  ExpectGraph({"Conv2D",
               {{"filters", 2},
                {"kernel_size", {1, 1}},
                {"groups", 2},
                {"activation", "linear"},
                {"use_bias", false}},
               {1, 1, 4},
               {{{1, 1, 2, 2}, {1, 10, 2, 20}}}},
              "const w : float32[2x1x1x2] = 1 2 10 20\nconst b : float32[2] = 0 0\n"
              "y : float32[1x1x1x2] = conv_2d(x, w, b)\n");
}

TEST(DepthwiseConv2D, CountsChannelsBeforeTheirMultiples) {
  ExpectGraph({"DepthwiseConv2D",
               {{"kernel_size", {1, 1}}, {"depth_multiplier", 2}, {"use_bias", false}},
               {1, 1, 2},
               {{{1, 1, 2, 2}, {1, 2, 3, 4}}}},
              "const w : float32[1x1x1x4] = 1 2 3 4\nconst b : float32[4] = 0 0 0 0\n"
              "y : float32[1x1x1x4] = depthwise_conv_2d(x, w, b)\n");
}

TEST(Dense, TransposesItsKernel) {
  ExpectGraph({"Dense",
               {{"units", 3}, {"activation", "softmax"}, {"use_bias", true}},
               {2},
               {{{2, 3}, {1, 2, 3, 4, 5, 6}}, {{3}, {7, 8, 9}}}},
              "const w : float32[3x2] = 1 4 2 5 3 6\nconst b : float32[3] = 7 8 9\n"
              "d : float32[1x3] = fully_connected(x, w, b)\n"
              "y : float32[1x3] = softmax(d)\n");
}

// r = 1 / sqrt(0.25 + 0), m = r gamma, offset = beta - mean m.
TEST(BatchNormalization, IsAFactorAndAnOffset) {
  const auto config = [](bool scale, bool center) {
    return json{{"axis", -1}, {"epsilon", 0.0}, {"center", center}, {"scale", scale}};
  };
  ExpectGraph({"BatchNormalization",
               config(true, true),
               {2},
               {{{2}, {3, 1}}, {{2}, {5, 6}}, {{2}, {1, 2}}, {{2}, {0.25, 4}}}},
              "const m : float32[2] = 6 0.5\nconst o : float32[2] = -1 5\n"
              "a : float32[1x2] = mul(x, m)\ny : float32[1x2] = add(a, o)\n");
  ExpectGraph({"BatchNormalization",
               config(false, false),
               {2},
               {{{2}, {1, 2}}, {{2}, {0.25, 4}}}},
              "const m : float32[2] = 2 0.5\nconst o : float32[2] = -2 -1\n"
              "a : float32[1x2] = mul(x, m)\ny : float32[1x2] = add(a, o)\n");
}

TEST(BatchNormalization, WorksOnAnotherAxis) {
  ExpectGraph({"BatchNormalization",
               {{"axis", 1}, {"epsilon", 0.0}, {"center", false}, {"scale", false}},
               {2, 1},
               {{{2}, {1, 2}}, {{2}, {0.25, 4}}}},
              "const m : float32[2x1] = 2 0.5\nconst o : float32[2x1] = -2 -1\n"
              "a : float32[1x2x1] = mul(x, m)\ny : float32[1x2x1] = add(a, o)\n");
}

TEST(Activation, BecomesTheOperationOfItsName) {
  for (const auto& [name, node] :
       std::vector<std::pair<std::string, std::string>>{{"relu", "relu(x)"},
                                                        {"relu6", "relu(x) kind=relu6"},
                                                        {"sigmoid", "logistic(x)"},
                                                        {"tanh", "tanh(x)"},
                                                        {"softmax", "softmax(x)"},
                                                        {"exponential", "exp(x)"}}) {
    ExpectGraph({"Activation", {{"activation", name}}, {2}},
                "y : float32[1x2] = " + node + "\n");
  }
}

TEST(ReLU, HasALimitAndASlope) {
  const auto relu = [](const json& config, const std::string& nodes) {
    ExpectGraph({"ReLU", config, {2}}, nodes);
  };
  relu({{"max_value", nullptr}, {"negative_slope", 0.0}, {"threshold", 0.0}},
       "y : float32[1x2] = relu(x)\n");
  relu({{"max_value", 6.0}}, "y : float32[1x2] = relu(x) kind=relu6\n");
  relu({{"negative_slope", 0.25}}, "y : float32[1x2] = leaky_relu(x) alpha=0.25\n");
}

TEST(Pooling, StepsByItsSizeUnlessToldOtherwise) {
  ExpectGraph({"MaxPooling2D", {{"pool_size", {2, 2}}, {"strides", nullptr}}, {4, 4, 1}},
              "y : float32[1x2x2x1] = max_pool_2d(x) stride_h=2 stride_w=2 filter_h=2 "
              "filter_w=2\n");
  ExpectGraph({"AveragePooling2D",
               {{"pool_size", {2, 3}}, {"strides", {1, 2}}, {"padding", "same"}},
               {4, 4, 1}},
              "y : float32[1x4x2x1] = average_pool_2d(x) padding=same stride_w=2 "
              "filter_h=2 filter_w=3\n");
  ExpectGraph({"GlobalAveragePooling2D", {{"keepdims", false}}, {4, 4, 2}},
              "y : float32[1x2] = mean(x) axes=[1,2]\n");
  ExpectGraph({"GlobalMaxPooling2D", {{"keepdims", true}}, {4, 4, 2}},
              "y : float32[1x1x1x2] = reduce_max(x) axes=[1,2] keep_dims=true\n");
}

TEST(Shapes, MoveAndPad) {
  ExpectGraph({"Flatten", json::object(), {2, 3}},
              "y : float32[1x6] = reshape(x) shape=[1,6]\n");
  ExpectGraph({"Reshape", {{"target_shape", {3, -1}}}, {2, 3}},
              "y : float32[1x3x2] = reshape(x) shape=[1,3,2]\n");
  ExpectGraph({"ZeroPadding2D", {{"padding", {{1, 2}, {3, 4}}}}, {1, 1, 2}},
              "y : float32[1x4x8x2] = pad(x) before=[0,1,3,0] after=[0,2,4,0]\n");
  ExpectGraph(
      {"ZeroPadding1D", {{"padding", {1, 2}}, {"data_format", "channels_first"}}, {3, 4}},
      "y : float32[1x3x7] = pad(x) before=[0,0,1] after=[0,0,2]\n");
}

TEST(Dropout, IsNothingAtInference) {
  for (const char* name : {"Dropout", "SpatialDropout2D", "GaussianNoise", "Identity"}) {
    const json config = std::string(name) == "GaussianNoise" ? json{{"stddev", 0.1}}
                        : std::string(name) == "Identity"    ? json::object()
                                                             : json{{"rate", 0.5}};
    const ImportedModel model = Import({name, config, {2, 2, 2}});
    EXPECT_TRUE(model.graph.nodes.empty()) << name;
    EXPECT_EQ(model.graph.outputs[0].value, model.graph.inputs[0].value) << name;
  }
}

TEST(Variables, MustFitTheConfiguration) {
  const Case dense = {"Dense", {{"units", 1}, {"use_bias", true}}, {2}};
  Case c = dense;
  c.variables = {{{2, 1}, {1, 2}}};
  EXPECT_THAT(Refusal(c, ErrorKind::kCorrupt), HasSubstr("layer 'layer' (Dense)"));
  c = dense;
  c.variables = {{{3, 1}, {1, 2, 3}}, {{1}, {1}}};
  EXPECT_THAT(Refusal(c, ErrorKind::kCorrupt), HasSubstr("3x1"));
  c = dense;
  c.variables = {{{2, 1}, {1, 2}}, {{1}, {1}}, {{1}, {1}}};
  EXPECT_NE(Refusal(c, ErrorKind::kCorrupt), "no error");
}

TEST(Variables, OfNoLayerAreRefused) {
  WeightsBuilder weights;
  weights.Add("layers/dense/vars/0", {2, 1}, {1, 2});
  weights.Add("layers/dense_1/vars/0", {2, 1}, {1, 2});
  const std::string config = FunctionalJson(
      {InputOf({2}), {"Dense", "layer", {{"units", 1}, {"use_bias", false}}, {"x"}}},
      {"x"}, {"layer"});
  EXPECT_THROW(Imported(config, weights), Error);
}

TEST(Variables, WithNanAreReported) {
  const ImportedModel model = Import(
      {"Dense", {{"units", 1}, {"use_bias", false}}, {1}, {{{1, 1}, {std::nan("")}}}});
  ASSERT_EQ(model.warnings.size(), 1U);
  EXPECT_THAT(model.warnings[0], HasSubstr("layer"));
}

TEST(Layers, ThatAreNotKnownAreNamed) {
  EXPECT_THAT(Refusal({"Quux", json::object(), {2}}, ErrorKind::kUnsupported),
              HasSubstr("layer 'layer' (Quux)"));
  EXPECT_THAT(
      Refusal({"Activation", {{"activation", "quux"}}, {2}}, ErrorKind::kUnsupported),
      HasSubstr("'quux'"));
}

// tf_keras 2.21 saves tf.einsum("bij->bji", x) like that, and fails to load it with "Got
// 0 inputs for equation".
TEST(Functions, ThatKerasSavedWithoutTheirTensorsAreRefused) {
  json config = json::parse(FunctionalJson(
      {InputOf({2, 3}), {"TFOpLambda", "layer", {{"function", "einsum"}}, {"x"}}}, {"x"},
      {"layer"}));
  LayerNamed(config, "layer")["inbound_nodes"] =
      json::parse(R"([["_CONSTANT_VALUE", -1, "bij->bji", {}]])");
  try {
    Imported(config.dump(), WeightsBuilder());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("does not save which tensors"));
  }
}

const json kPRelu = {{"class_name", "PReLU"}, {"config", {{"name", "slopes"}}}};

// Keras makes its weights in the first call, and saves none before.
TEST(Activations, ThatHaveLostTheirWeightsAreRefused) {
  EXPECT_THAT(Refusal({"Dense",
                       {{"units", 1}, {"use_bias", false}, {"activation", kPRelu}},
                       {2},
                       {{{2, 1}, {1, 2}}}},
                      ErrorKind::kUnsupported),
              HasSubstr("put a PReLU behind the layer"));
}

TEST(Activations, WithWeightsAreRefusedInCells) {
  for (const char* key : {"activation", "recurrent_activation"}) {
    EXPECT_THAT(
        Refusal({"GRU", {{"units", 1}, {key, kPRelu}}, {2, 2}}, ErrorKind::kUnsupported),
        HasSubstr("PReLU"))
        << key;
  }
}

TEST(Layers, WithUnknownConfigurationAreRefusedUnlessItIsOff) {
  EXPECT_THAT(Refusal({"Flatten", {{"twist", 2}}, {2}}, ErrorKind::kUnsupported),
              HasSubstr("twist"));
  for (const json& off : {json(nullptr), json(false), json(0), json::object()}) {
    EXPECT_NO_THROW(Import({"Flatten", {{"twist", off}}, {2}}));
  }
}

}  // namespace
}  // namespace kinglet
