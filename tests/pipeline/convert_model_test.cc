// A small network of random layers, whole and in two parts.
#include "pipeline/convert_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ir/text.h"
#include "run/samples.h"
#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// x -> dense, ReLU ("features") -> dense of `seed` -> softmax.
ModelFile Network(unsigned seed = 5) {
  std::mt19937 random(3);
  ModelFile model;
  Value x;
  x.name = "x";
  x.shape = {1, 8};
  ValueId last = model.graph.AddValue(x);
  model.graph.inputs.push_back({"input", last});
  const auto dense = [&](std::int64_t units, Activation activation, const char* name) {
    const std::int64_t size = model.graph[last].shape[1];
    const ValueId w =
        model.graph.AddConstant("w", RandomFloats({units, size}, random, -0.5F, 0.6F));
    const ValueId b = model.graph.AddConstant("b", RandomFloats({units}, random));
    last = AddNode(model.graph, FullyConnected{.activation = activation}, {last, w, b},
                   name);
  };
  dense(12, Activation::kRelu, "hidden");
  dense(6, Activation::kRelu, "features");
  random.seed(seed);
  dense(4, Activation::kNone, "pred");
  last = AddNode(model.graph, Softmax{}, {last}, "soft");
  model.graph.outputs.push_back({"output_0", last});
  for (const char* name : {"hidden", "features", "soft"}) {
    model.layers.push_back({name, "", {}, 0, {name}});
  }
  return model;
}

std::vector<Sample> Samples() { return RandomSamples(Network().graph, 20, 9); }

ConvertedModel Converted(const ModelFile& model, const QuantizationRequest& request,
                         const std::string& split_head = "features",
                         OutputActivation activation = OutputActivation::kKeep) {
  return ConvertParts(PartsOf(model, activation, split_head), Samples(), request,
                      "out/model.tflite", nullptr);
}

/// Ranges that cut off what is rare.
QuantizationRequest Cutting() { return {.steps = {.ranges = RangeMethod::kEntropy}}; }

std::vector<QuantizationRequest> EveryRecipe() {
  return {{.recipe = Recipe::kTf},
          {.recipe = Recipe::kDefault},
          {.recipe = Recipe::kMax},
          Cutting()};
}

const Quantization& BehindInput(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (node.inputs[0] == graph.inputs[0].value) {
      return *graph[node.outputs[0]].quantization;
    }
  }
  ADD_FAILURE() << "nothing reads the input";
  return *graph.values[0].quantization;
}

const Quantization& BeforeOutput(const Graph& graph) {
  const auto producer = Uses(graph).Producer(graph.outputs[0].value);
  return *graph[graph.nodes[*producer].inputs[0]].quantization;
}

TEST(ConvertParts, NamesTwoFilesAfterTheOutput) {
  EXPECT_THAT(OutputPaths("out/model.tflite", false), ElementsAre("out/model.tflite"));
  EXPECT_THAT(OutputPaths("out/model.tflite", true),
              ElementsAre("out/model_backbone.tflite", "out/model_head.tflite"));
  const auto converted = Converted(Network(), {.recipe = Recipe::kTf});
  EXPECT_EQ(converted.parts.at(0).path, "out/model_backbone.tflite");
  EXPECT_EQ(converted.parts.at(1).path, "out/model_head.tflite");
}

TEST(ConvertParts, LetsBothPartsMeetWithOneScale) {
  for (const QuantizationRequest& request : EveryRecipe()) {
    const auto converted = Converted(Network(), request);
    const Graph& head = converted.parts.at(1).converted.written;
    EXPECT_EQ(BehindInput(head), BeforeOutput(converted.parts[0].converted.written));
    EXPECT_EQ(std::ranges::count_if(head.nodes,
                                    [&](const Node& node) {
                                      return node.inputs[0] == head.inputs[0].value;
                                    }),
              1);
  }
}

// A quantization with the same parameters gives the integers back.
TEST(ConvertParts, MakesTheRequantizationBetweenThemTheIdentity) {
  const auto converted = Converted(Network(), {});
  Graph backbone = converted.parts[0].converted.written;
  Graph joined = converted.written;
  const auto integers = [](Graph& graph, const Quantization& wanted) {
    graph.outputs.clear();
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      const Value& value = graph.values[i];
      if (value.constant == nullptr && value.quantization == wanted) {
        graph.outputs.push_back({value.name, static_cast<ValueId>(i)});
      }
    }
  };
  integers(joined, BeforeOutput(backbone));
  ASSERT_EQ(joined.outputs.size(), 2U);
  for (const auto& both : RunSamples(Executor(joined), Samples(), 1)) {
    EXPECT_EQ(both[0], both[1]);
  }
}

TEST(ConvertParts, CalibratesTheHeadOnWhatTheQuantizedBackboneComputes) {
  const auto converted = Converted(Network(), Cutting());
  const Graph& backbone = converted.parts[0].converted.written;
  Range seen{0, 0};
  for (const auto& outputs : RunSamples(Executor(backbone), Samples(), 1)) {
    for (const float value : outputs[0].Data<float>()) {
      seen = Union(seen, {value, value});
    }
  }
  EXPECT_EQ(converted.parts[1].converted.ranges.at("features"), seen);
}

TEST(ConvertParts, LeavesTheBackboneAloneWhenTheHeadChanges) {
  for (const QuantizationRequest& request : EveryRecipe()) {
    const auto one = Converted(Network(5), request);
    const auto other = Converted(Network(6), request);
    EXPECT_EQ(one.parts[0].converted.bytes, other.parts[0].converted.bytes);
    EXPECT_NE(one.parts[1].converted.bytes, other.parts[1].converted.bytes);
  }
}

TEST(ConvertParts, ComparesBothPartsTogetherWithTheWholeModel) {
  const ModelFile model = Network();
  const auto converted = Converted(model, {});
  const auto samples = Samples();
  const auto wanted = RunSamples(Executor(model.graph), samples, 1);
  const auto reference = RunSamples(Executor(converted.reference), samples, 1);
  const auto features =
      RunSamples(Executor(converted.parts[0].converted.written), samples, 1);
  const auto outputs =
      RunSamples(Executor(converted.parts[1].converted.written), features, 1);
  EXPECT_EQ(RunSamples(Executor(converted.written), samples, 1), outputs);
  EXPECT_EQ(reference, wanted);
}

TEST(ConvertParts, DropsTheLastActivationFromFilesAndReference) {
  for (const char* split : {"", "features"}) {
    const ModelFile model = Network();
    const auto converted = Converted(model, {}, split, OutputActivation::kLogits);
    Graph logits = model.graph;
    logits.outputs[0].value = logits.nodes.back().inputs[0];
    const auto samples = Samples();
    const auto wanted = RunSamples(Executor(logits), samples, 1);
    EXPECT_EQ(RunSamples(Executor(converted.reference), samples, 1), wanted);
    const auto got = RunSamples(Executor(converted.written), samples, 1);
    double error = 0;
    double power = 0;
    for (std::size_t s = 0; s < samples.size(); ++s) {
      for (std::size_t i = 0; i < 4; ++i) {
        const double y = wanted[s][0].Data<float>()[i];
        error += std::pow(got[s][0].Data<float>()[i] - y, 2);
        power += y * y;
      }
    }
    EXPECT_LT(error, 0.01 * power) << split;  // steps of a 255th of the range
  }
}

TEST(PartsOf, SaysWhichOutputsAreLogits) {
  ModelFile model = Network();
  model.graph.outputs.push_back({"output_1", model.graph.nodes[1].outputs[0]});
  const auto notes = PartsOf(model, OutputActivation::kLogits, "").notes;
  EXPECT_THAT(notes, ElementsAre(HasSubstr("logits: output_0"), HasSubstr("output_1")));
  EXPECT_TRUE(PartsOf(model, OutputActivation::kKeep, "").notes.empty());
}

}  // namespace
}  // namespace kinglet
