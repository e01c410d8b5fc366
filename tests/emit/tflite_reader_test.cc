#include "emit/tflite_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/text.h"
#include "kinglet/error.h"
#include "tests/emit/file_builder.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Ints32 = std::vector<std::int32_t>;

FileTensor IntsTensor(const std::string& name, const Ints32& values,
                      std::vector<std::int32_t> shape) {
  return {.name = name,
          .type = tflite::TensorType_INT32,
          .shape = std::move(shape),
          .data = Bytes(values)};
}
FileTensor Computed(const std::string& name, tflite::TensorType type,
                    std::vector<std::int32_t> shape) {
  return {.name = name, .type = type, .shape = std::move(shape)};
}

std::vector<std::string> NamesOf(const std::vector<Port>& ports) {
  std::vector<std::string> names;
  for (const Port& port : ports) names.push_back(port.name);
  return names;
}

TEST(ReadTflite, TakesNamesFromTheSignatureAndOrdersOutputsByNumber) {
  FileModel model;
  model.tensors = {{.name = "t0", .shape = {1}},
                   {.name = "t1", .shape = {1}},
                   {.name = "t2", .shape = {1}}};
  model.operators = {{tflite::BuiltinOperator_NEG, {0}, {1}},
                     {tflite::BuiltinOperator_ABS, {0}, {2}}};
  model.outputs = {1, 2};
  model.signature_inputs = {{"sound", 0}};
  model.signature_outputs = {{"output_10", 1}, {"output_2", 2}};
  const Graph graph = ReadTflite(BuildFile(model));
  EXPECT_THAT(NamesOf(graph.inputs), ElementsAre("sound"));
  EXPECT_THAT(NamesOf(graph.outputs), ElementsAre("output_2", "output_10"));
  EXPECT_EQ(graph[graph.outputs[0].value].name, "t2");
}

TEST(ReadTflite, KeepsTheOrderOfTheSignatureWhereNamesAreFree) {
  FileModel model;
  model.tensors = {{.name = "t0", .shape = {1}},
                   {.name = "t1", .shape = {1}},
                   {.name = "t2", .shape = {1}}};
  model.operators = {{tflite::BuiltinOperator_NEG, {0}, {1}},
                     {tflite::BuiltinOperator_ABS, {0}, {2}}};
  model.outputs = {2, 1};
  EXPECT_THAT(NamesOf(ReadTflite(BuildFile(model)).outputs), ElementsAre("t2", "t1"));
  model.signature_outputs = {{"minus", 1}, {"size", 2}};
  EXPECT_THAT(NamesOf(ReadTflite(BuildFile(model)).outputs),
              ElementsAre("minus", "size"));
}

TEST(ReadTflite, BroadcastsShapes) {
  FileModel model;
  model.tensors = {{.name = "x", .shape = {1, 3}},
                   {.name = "a",
                    .type = tflite::TensorType_INT32,
                    .shape = {3},
                    .data = Bytes<std::int32_t>({2, 1, 3})},
                   {.name = "b",
                    .type = tflite::TensorType_INT32,
                    .shape = {2},
                    .data = Bytes<std::int32_t>({5, 1})},
                   Computed("shape", tflite::TensorType_INT32, {3}),
                   {.name = "y", .shape = {2, 5, 3}}};
  model.operators = {{tflite::BuiltinOperator_BROADCAST_ARGS, {1, 2}, {3}},
                     {tflite::BuiltinOperator_BROADCAST_TO, {0, 3}, {4}}};
  model.outputs = {4};
  const Graph graph = ReadTflite(BuildFile(model));
  ASSERT_EQ(graph.nodes.size(), 1);
  EXPECT_EQ(graph[graph.outputs[0].value].shape, (Shape{2, 5, 3}));
}

TEST(ReadTflite, MakesNamesUniqueAndInventsMissingOnes) {
  FileModel model;
  model.tensors = {{.name = "t", .shape = {1}},
                   {.name = "t", .shape = {1}},
                   {.name = "", .shape = {1}}};
  model.operators = {{tflite::BuiltinOperator_NEG, {0}, {1}},
                     {tflite::BuiltinOperator_ABS, {1}, {2}}};
  model.outputs = {2};
  const Graph graph = ReadTflite(BuildFile(model));
  EXPECT_EQ(StructureProblem(graph), std::nullopt);
  EXPECT_EQ(graph.values.size(), 3U);
}

// shape(x) -> [0:1] as a scalar -> pack(., 6) -> reshape: how TensorFlow flattens.
TEST(ReadTflite, FoldsTheShapesOfAFreeBatch) {
  FileModel model;
  model.tensors = {
      {.name = "x", .shape = {1, 2, 3}, .free_shape = {-1, 2, 3}},
      Computed("shape", tflite::TensorType_INT32, {3}),
      IntsTensor("zero", {0}, {1}),
      IntsTensor("one", {1}, {1}),
      Computed("batch", tflite::TensorType_INT32, {}),
      IntsTensor("six", {6}, {}),
      Computed("wanted", tflite::TensorType_INT32, {2}),
      {.name = "y", .shape = {1, 6}, .free_shape = {-1, 6}},
  };
  model.operators = {
      {tflite::BuiltinOperator_SHAPE, {0}, {1}},
      {tflite::BuiltinOperator_STRIDED_SLICE,
       {1, 2, 3, 3},
       {4},
       tflite::BuiltinOptions_StridedSliceOptions,
       [](auto& builder) {
         return tflite::CreateStridedSliceOptions(builder, 0, 0, 0, 0, 1).Union();
       }},
      {tflite::BuiltinOperator_PACK,
       {4, 5},
       {6},
       tflite::BuiltinOptions_PackOptions,
       [](auto& builder) { return tflite::CreatePackOptions(builder, 2, 0).Union(); }},
      {tflite::BuiltinOperator_RESHAPE, {0, 6}, {7}}};
  model.outputs = {7};
  EXPECT_EQ(Print(ReadTflite(BuildFile(model))),
            "in x = x : float32[1x2x3]\n"
            "y : float32[1x6] = reshape(x) shape=[1,6]\n"
            "out y = y\n");
}

TEST(ReadTflite, ComputesConstantsOfFloat16) {
  FileModel model;
  model.tensors = {{.name = "x", .shape = {2}},
                   {.name = "half",
                    .type = tflite::TensorType_FLOAT16,
                    .shape = {2},
                    .data = Bytes<std::uint16_t>({0x3C00, 0xC100})},
                   Computed("full", tflite::TensorType_FLOAT32, {2}),
                   Computed("y", tflite::TensorType_FLOAT32, {2})};
  model.operators = {{tflite::BuiltinOperator_DEQUANTIZE, {1}, {2}},
                     {tflite::BuiltinOperator_MAXIMUM, {0, 2}, {3}}};
  model.outputs = {3};
  const Graph graph = ReadTflite(BuildFile(model));
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_THAT(graph[graph.nodes[0].inputs[1]].constant->Data<float>(),
              ElementsAre(1.0F, -2.5F));
}

TEST(ReadTflite, ComputesConstantsWithAScalePerChannel) {
  FileModel model;
  model.tensors = {{.name = "x", .shape = {2, 2}},
                   {.name = "q",
                    .type = tflite::TensorType_INT8,
                    .shape = {2, 2},
                    .data = {1, 2, 3, 0xFF},
                    .scales = {0.5F, 2.0F},
                    .zero_points = {0, 0},
                    .axis = 1},
                   Computed("w", tflite::TensorType_FLOAT32, {2, 2}),
                   Computed("y", tflite::TensorType_FLOAT32, {2, 2})};
  model.operators = {{tflite::BuiltinOperator_DEQUANTIZE, {1}, {2}},
                     {tflite::BuiltinOperator_MAXIMUM, {0, 2}, {3}}};
  model.outputs = {3};
  const Graph graph = ReadTflite(BuildFile(model));
  EXPECT_THAT(graph[graph.nodes.at(0).inputs[1]].constant->Data<float>(),
              ElementsAre(0.5F, 4.0F, 1.5F, -2.0F));
}

struct Refusal {
  std::string name;
  std::function<void(FileModel&)> change;
  ErrorKind kind;
  std::string message;
};

class RefusedModel : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedModel, NamesTheOperatorAndTheReason) {
  FileModel model;
  model.tensors = {{.name = "x", .shape = {1, 2}}, {.name = "y", .shape = {1, 2}}};
  model.operators = {{tflite::BuiltinOperator_NEG, {0}, {1}}};
  model.outputs = {1};
  GetParam().change(model);
  try {
    ReadTflite(BuildFile(model));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), GetParam().kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

void SetCode(FileModel& model, tflite::BuiltinOperator code) {
  model.operators[0].code = code;
}

const std::vector<Refusal> kRefusals = {
    {"UnknownOperator", [](FileModel& m) { SetCode(m, tflite::BuiltinOperator_WHILE); },
     ErrorKind::kUnsupported, "WHILE ('y'): it is not supported"},
    {"CustomOperator", [](FileModel& m) { SetCode(m, tflite::BuiltinOperator_CUSTOM); },
     ErrorKind::kUnsupported, "custom operator Custom"},
    {"Strings", [](FileModel& m) { m.tensors[0].type = tflite::TensorType_STRING; },
     ErrorKind::kUnsupported, "elements of type STRING"},
    {"Variables", [](FileModel& m) { m.tensors[1].is_variable = true; },
     ErrorKind::kCorrupt, "made twice"},
    {"UnsupportedType",
     [](FileModel& m) {
       SetCode(m, tflite::BuiltinOperator_EXP);
       for (FileTensor& tensor : m.tensors) tensor.type = tflite::TensorType_INT32;
     },
     ErrorKind::kUnsupported, "EXP ('y'): operands of type int32"},
    {"IntegersWithoutScale",
     [](FileModel& m) {
       SetCode(m, tflite::BuiltinOperator_EXP);
       for (FileTensor& tensor : m.tensors) tensor.type = tflite::TensorType_INT8;
     },
     ErrorKind::kUnsupported, "an operand has no scale"},
    {"SumOfWideIntegersByShifts",
     [](FileModel& m) {
       SetCode(m, tflite::BuiltinOperator_ADD);
       for (FileTensor& tensor : m.tensors) {
         tensor.type = tflite::TensorType_INT16;
         tensor.scales = {1.0F / 32767};
         tensor.zero_points = {0};
       }
       m.operators[0].inputs = {0, 0};
     },
     ErrorKind::kUnsupported, "sums of INT16 by shifts"},
    {"WideIntegersWithAZeroPoint",
     [](FileModel& m) {
       SetCode(m, tflite::BuiltinOperator_EXP);
       for (FileTensor& tensor : m.tensors) {
         tensor.type = tflite::TensorType_INT16;
         tensor.scales = {0.5F};
         tensor.zero_points = {3};
       }
     },
     ErrorKind::kUnsupported, "INT16 with a zero point"},
    {"EmptyOperand",
     [](FileModel& m) {
       m.tensors.push_back({.name = "empty", .shape = {0}});
       m.operators[0].inputs = {2};
     },
     ErrorKind::kUnsupported, "an operand is empty"},
    {"AnotherShapeThanStated",
     [](FileModel& m) {
       m.tensors[1].shape = {2, 1};
     },
     ErrorKind::kCorrupt, "is float32 1x2, where the file says float32 2x1"},
    {"AnotherTypeThanStated",
     [](FileModel& m) { m.tensors[1].type = tflite::TensorType_INT32; },
     ErrorKind::kCorrupt, "where the file says int32"},
    {"MissingOperand", [](FileModel& m) { m.operators[0].inputs = {-1}; },
     ErrorKind::kCorrupt, "operand is missing"},
    {"MissingOperands", [](FileModel& m) { SetCode(m, tflite::BuiltinOperator_ADD); },
     ErrorKind::kCorrupt, "an operand is missing"},
    {"ComputedPermutation",
     [](FileModel& m) {
       SetCode(m, tflite::BuiltinOperator_TRANSPOSE);
       m.operators[0].inputs = {0, 0};
     },
     ErrorKind::kUnsupported, "its permutation is not constant"},
    {"EmptyAxis",
     [](FileModel& m) {
       m.tensors[0].shape = m.tensors[1].shape = {1, 0};
     },
     ErrorKind::kUnsupported, "'x' is empty"},
    {"EmptyResult",
     [](FileModel& m) {
       SetCode(m, tflite::BuiltinOperator_SPLIT_V);
       m.tensors.push_back({.name = "none", .shape = {1, 0}});
       m.operators[0].outputs = {1, 2};
     },
     ErrorKind::kUnsupported, "SPLIT_V ('y'): 'none' is empty"},
    {"NoResult",
     [](FileModel& m) {
       m.operators.push_back({tflite::BuiltinOperator_CALL_ONCE, {}, {}});
     },
     ErrorKind::kUnsupported, "CALL_ONCE: it changes variables"},
};

INSTANTIATE_TEST_SUITE_P(Files, RefusedModel, testing::ValuesIn(kRefusals),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace kinglet
