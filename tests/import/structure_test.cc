// How layers are connected, and what is told of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "import/keras_import.h"
#include "kinglet/error.h"
#include "tests/support/keras_builder.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ImportedModel Imported(const std::vector<BuiltLayer>& layers,
                       const std::vector<std::string>& inputs,
                       const std::vector<std::string>& outputs,
                       const WeightsBuilder& weights = WeightsBuilder()) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  WriteArchive(
      path, {kBuilderMetadata, FunctionalJson(layers, inputs, outputs), weights.Bytes()});
  return ImportKeras(path, {});
}

std::vector<std::string> Names(const std::vector<Port>& ports) {
  std::vector<std::string> names;
  for (const Port& port : ports) names.push_back(port.name);
  return names;
}

TEST(ImportKeras, KeepsTheOrderOfInputsAndOutputs) {
  const ImportedModel model = Imported({InputOf({2}, "b"),
                                        InputOf({2}, "a"),
                                        {"Add", "sum", {}, {"a", "b"}},
                                        {"Flatten", "flat", {}, {"a"}}},
                                       {"a", "b"}, {"flat", "sum"});
  EXPECT_THAT(Names(model.graph.inputs), ElementsAre("a", "b"));
  EXPECT_THAT(Names(model.graph.outputs), ElementsAre("output_0", "output_1"));
  EXPECT_EQ(TextWithoutNames(model.graph),
            TextWithoutNames(Parse(
                "in a = a : float32[1x2]\nin b = b : float32[1x2]\n"
                "s : float32[1x2] = add(a, b)\nout output_0 = a\nout output_1 = s\n")));
}

TEST(ImportKeras, OrdersLayersByWhatTheyRead) {
  const ImportedModel model =
      Imported({{"Activation", "last", {{"activation", "tanh"}}, {"first"}},
                {"Activation", "first", {{"activation", "relu"}}, {"x"}},
                InputOf({2})},
               {"x"}, {"last"});
  ASSERT_EQ(model.graph.nodes.size(), 2U);
  EXPECT_EQ(model.graph.nodes[0].name, "first/relu");
  EXPECT_EQ(StructureProblem(model.graph), std::nullopt);
}

TEST(ImportKeras, AddsThreeInTurnAndConcatenates) {
  const ImportedModel model =
      Imported({InputOf({2}, "a"),
                InputOf({2}, "b"),
                InputOf({2}, "c"),
                {"Add", "sum", {}, {"a", "b", "c"}},
                {"Concatenate", "all", {{"axis", -1}}, {"sum", "a"}}},
               {"a", "b", "c"}, {"all"});
  EXPECT_EQ(
      TextWithoutNames(model.graph),
      TextWithoutNames(Parse("in a = a : float32[1x2]\nin b = b : float32[1x2]\n"
                             "in c = c : float32[1x2]\nd : float32[1x2] = add(a, b)\n"
                             "e : float32[1x2] = add(d, c)\n"
                             "y : float32[1x4] = concatenation(e, a) axis=1\n"
                             "out output_0 = y\n")));
}

BuiltLayer ReshapeCall(const std::string& name, const Shape& shape,
                       const std::string& input) {
  return {"Reshape", name, {{"newshape", shape}}, {input}, "keras.src.ops.numpy"};
}

TEST(ImportKeras, HasPartsOfASampleJoinTheBatchAndLeaveIt) {
  const ImportedModel model = Imported({InputOf({2, 3, 4}),
                                        ReshapeCall("windows", {-1, 3, 4}, "x"),
                                        {"GlobalMaxPooling1D", "pool", {}, {"windows"}},
                                        ReshapeCall("y", {-1, 2, 4}, "pool")},
                                       {"x"}, {"y"});
  EXPECT_EQ(
      TextWithoutNames(model.graph),
      TextWithoutNames(Parse("in x = x : float32[1x2x3x4]\n"
                             "w : float32[2x3x4] = reshape(x) shape=[2,3,4]\n"
                             "p : float32[2x4] = reduce_max(w) axes=[1] keep_dims=false\n"
                             "y : float32[1x2x4] = reshape(p) shape=[1,2,4]\n"
                             "out output_0 = y\n")));
}

TEST(ImportKeras, RefusesToMixSamples) {
  EXPECT_THAT(
      [] {
        Imported({InputOf({2, 3}), ReshapeCall("y", {2, -1}, "x")}, {"x"}, {"y"});
      },
      testing::ThrowsMessage<Error>(HasSubstr("moves samples of the batch")));
}

TEST(ImportKeras, BuildsASharedLayerAtEachOfItsCalls) {
  BuiltLayer shared = {"Dense", "shared", {{"units", 2}, {"use_bias", false}}, {"x"}};
  nlohmann::json config =
      nlohmann::json::parse(FunctionalJson({InputOf({2}), shared}, {"x"}, {"shared"}));
  nlohmann::json& calls = config["config"]["layers"][1]["inbound_nodes"];
  calls.push_back(calls[0]);
  calls[1]["args"][0] = TensorReference("shared");
  config["config"]["output_layers"] = {{"shared", 1, 0}};
  WeightsBuilder weights;
  weights.Add("layers/dense/vars/0", {2, 2}, {1, 2, 3, 4});
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  WriteArchive(path, {kBuilderMetadata, config.dump(), weights.Bytes()});
  const Graph graph = ImportKeras(path, {}).graph;
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.nodes[1].inputs[0], graph.nodes[0].outputs[0]);
  for (const Node& node : graph.nodes) {
    EXPECT_THAT(graph[node.inputs[1]].constant->Data<float>(), ElementsAre(1, 3, 2, 4));
  }
}

TEST(ImportKeras, CountsVariablesOfEachClassFromTheFirstLayerOn) {
  WeightsBuilder weights;
  weights.Add("layers/dense/vars/0", {1, 1}, {3});
  weights.Add("layers/dense_1/vars/0", {1, 1}, {5});
  const auto dense = [](const std::string& name, const std::string& input) {
    return BuiltLayer{"Dense", name, {{"units", 1}, {"use_bias", false}}, {input}};
  };
  const ImportedModel model = Imported(
      {InputOf({1}), dense("a", "x"), {"Flatten", "f", {}, {"a"}}, dense("b", "f")},
      {"x"}, {"b"}, weights);
  const Graph& graph = model.graph;
  EXPECT_EQ(graph[graph.nodes.front().inputs[1]].constant->Data<float>()[0], 3);
  EXPECT_EQ(graph[graph.nodes.back().inputs[1]].constant->Data<float>()[0], 5);
}

TEST(ImportKeras, ListsLayersWithShapesAndParameters) {
  WeightsBuilder weights;
  weights.Add("layers/dense/vars/0", {2, 3}, {1, 2, 3, 4, 5, 6});
  weights.Add("layers/dense/vars/1", {3}, {1, 2, 3});
  const ImportedModel model =
      Imported({InputOf({2}),
                {"Dense", "head", {{"units", 3}, {"use_bias", true}}, {"x"}},
                {"Dropout", "drop", {{"rate", 0.5}}, {"head"}}},
               {"x"}, {"drop"}, weights);
  EXPECT_EQ(model.keras_version, "3.10.0");
  ASSERT_EQ(model.layers.size(), 3U);
  EXPECT_EQ(model.layers[1].name, "head");
  EXPECT_EQ(model.layers[1].class_name, "Dense");
  EXPECT_EQ(model.layers[1].output_shape, (Shape{1, 3}));
  EXPECT_EQ(model.layers[1].parameters, 9);
  EXPECT_EQ(model.layers[2].parameters, 0);
}

TEST(ListKerasLayers, ListsOwnersOfVariablesWhereTheFileHoldsNoLayers) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  WeightsBuilder weights;
  weights.Add("head/vars/0", {2, 3}, {1, 2, 3, 4, 5, 6});
  weights.Add("head/vars/1", {3}, {1, 2, 3});
  weights.Add("body/first/vars/0", {1}, {1});
  WriteArchive(path, {kBuilderMetadata, R"({"class_name": "Net", "config": {}})",
                      weights.Bytes()});
  const KerasListing listing = ListKerasLayers(path, {});
  EXPECT_THAT(listing.refusal.value_or(""), HasSubstr("model class 'Net'"));
  ASSERT_EQ(listing.model.layers.size(), 2U);
  EXPECT_EQ(listing.model.layers[1].name, "head");
  EXPECT_EQ(listing.model.layers[1].parameters, 9);
  EXPECT_THROW(ImportKeras(path, {}), Error);
}

std::string Refusal(const std::vector<BuiltLayer>& layers,
                    const std::vector<std::string>& outputs) {
  try {
    Imported(layers, {"x"}, outputs);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(ImportKeras, RefusesEdgesToNowhereAndCircles) {
  EXPECT_THAT(Refusal({InputOf({2})}, {"lost"}), HasSubstr("'lost'"));
  EXPECT_THAT(Refusal({InputOf({2}), {"Flatten", "f", {}, {"lost"}}}, {"f"}),
              HasSubstr("'lost'"));
  EXPECT_THAT(Refusal({InputOf({2}), {"Flatten", "f", {}, {"f"}}}, {"f"}),
              HasSubstr("feeds itself"));
}

TEST(ImportKeras, ReadsAnUnzippedModelAsTheArchive) {
  const std::string config = FunctionalJson(
      {InputOf({2}), {"Activation", "t", {{"activation", "tanh"}}, {"x"}}}, {"x"}, {"t"});
  const WeightsBuilder weights;
  const TemporaryFolder folder;
  WriteArchive(folder.path() / "m.keras", {kBuilderMetadata, config, weights.Bytes()});
  const auto unzipped = folder.path() / "unzipped";
  std::filesystem::create_directory(unzipped);
  WriteFile(unzipped / "config.json", std::as_bytes(std::span(config)));
  WriteFile(unzipped / "model.weights.h5", weights.Bytes());
  EXPECT_EQ(ImportKeras(unzipped, {}).graph,
            ImportKeras(folder.path() / "m.keras", {}).graph);
}

}  // namespace
}  // namespace kinglet
