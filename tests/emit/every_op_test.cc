// What holds for every operation: it is described in full, and a file with it is read
// back as the same graph.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "emit/tflite_reader.h"
#include "emit/tflite_writer.h"
#include "ir/text.h"
#include "ops/op_def.h"
#include "run/executor.h"
#include "tests/support/op_examples.h"

namespace kinglet {
namespace {

std::vector<Op> Operations() {
  std::vector<Op> operations;
  for (std::size_t i = 0; i < kOpCount; ++i) operations.push_back(DefaultOp(i));
  return operations;
}

const std::vector<Op> kOperations = Operations();

TEST(EveryOperation, IsDescribedInFull) {
  std::set<std::string_view> names;
  std::set<tflite::BuiltinOperator> codes;
  for (const Op& op : kOperations) {
    const OpDef& def = DefOf(op);
    EXPECT_EQ(def.name, NameOf(op));
    EXPECT_TRUE(names.insert(def.name).second) << def.name;
    EXPECT_TRUE(def.infer && def.compile && def.tflite && def.parse) << def.name;
    EXPECT_FALSE(def.types.empty()) << def.name;
    EXPECT_FALSE(def.codes.empty()) << def.name;
    for (const auto code : def.codes) {
      EXPECT_TRUE(codes.insert(code).second) << EnumNameBuiltinOperator(code);
      EXPECT_EQ(DefOf(code), &def);
    }
  }
}

TEST(EveryOperation, HasAnExample) {
  std::set<std::string_view> examples;
  for (const std::string& text : OperationExamples()) {
    for (const Node& node : Parse(text).nodes) examples.insert(NameOf(node.op));
  }
  for (const Op& op : kOperations)
    EXPECT_TRUE(examples.contains(NameOf(op))) << NameOf(op);
}

class Example : public testing::TestWithParam<std::string> {};

TEST_P(Example, HasTheShapesThatItsOperationsInfer) {
  const Graph graph = Parse(GetParam());
  EXPECT_EQ(StructureProblem(graph), std::nullopt);
  for (const Node& node : graph.nodes) {
    std::vector<TensorType> types;
    for (const ValueId id : node.inputs) types.push_back(TypeOf(graph[id]));
    const Inferred inferred = InferTypes(node.op, types);
    ASSERT_TRUE(std::holds_alternative<std::vector<TensorType>>(inferred))
        << std::get<1>(inferred);
    std::vector<TensorType> stated;
    for (const ValueId id : node.outputs) stated.push_back(TypeOf(graph[id]));
    EXPECT_EQ(std::get<0>(inferred), stated) << NameOf(node.op);
    EXPECT_EQ(ProblemOf({graph, node}), std::nullopt) << NameOf(node.op);
  }
}

TEST_P(Example, IsReadBackAsItWasWritten) {
  const Graph graph = Parse(GetParam());
  const Graph read = ReadTflite(WriteTflite(graph));
  EXPECT_EQ(Print(read), Print(graph));
  EXPECT_EQ(read, graph);
}

/// Numbers from 0 to 2, so that integers are places and roots are real.
Tensor Random(const Value& value, std::mt19937& random) {
  Tensor tensor(value.dtype, value.shape);
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    const auto number = static_cast<float>(random() % 2048) / 1024.0F;
    if (value.dtype == DType::kFloat32) tensor.Data<float>()[i] = number;
    if (value.dtype == DType::kInt32) tensor.Data<std::int32_t>()[i] = number < 1 ? 0 : 1;
    if (value.dtype == DType::kBool) tensor.Data<bool>()[i] = number < 1;
  }
  return tensor;
}

TEST_P(Example, GivesTheSameOnEveryRun) {
  const Executor executor(Parse(GetParam()));
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp)
  std::vector<Tensor> inputs;
  for (const Port& port : executor.graph().inputs) {
    inputs.push_back(Random(executor.graph()[port.value], random));
  }
  Executor::Context first = executor.NewContext();
  Executor::Context second = executor.NewContext();
  const std::vector<Tensor> outputs = executor.Run(first, inputs);
  EXPECT_EQ(executor.Run(first, inputs), outputs);
  EXPECT_EQ(executor.Run(second, inputs), outputs);
}

INSTANTIATE_TEST_SUITE_P(Operations, Example, testing::ValuesIn(OperationExamples()));

}  // namespace
}  // namespace kinglet
