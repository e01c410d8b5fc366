// What loaders and vendors' tools check, read back with the schema's own accessors.
#include "emit/tflite_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "ir/text.h"
#include "schema/tflite_generated.h"

namespace kinglet {
namespace {

using testing::ElementsAre;

// A stem, a residual sum and a reduction, INT8 with float ends, and a float island. The
// two biases are equal, as are the axes of the two means.
constexpr const char* kText =
    "in \"the input\" = x : float32[1x4x4x1]\n"
    "const w : int8[2x3x3x1] q{0.5/0 0.25/0 axis=0} = 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 "
    "9\n"
    "const d : int8[1x1x1x2] q{0.5/0 0.25/0 axis=3} = 100 -100\n"
    "const b : int32[2] q{0.5/0 0.25/0} = 3 -3\n"
    "const b2 : int32[2] q{0.25/0 0.125/0} = 3 -3\n"
    "q : int8[1x4x4x1] q{1/-128} = quantize(x)\n"
    "c : int8[1x4x4x2] q{0.5/3} = conv_2d(q, w, b) padding=same activation=relu6\n"
    "p : int8[1x4x4x2] q{0.5/3} = depthwise_conv_2d(c, d, b2)\n"
    "s : int8[1x4x4x2] q{0.5/3} = add(c, p)\n"
    "m : int8[1x2] q{0.5/3} = mean(s) axes=[1,2]\n"
    "f : float32[1x2] = dequantize(m)\n"
    "e : float32[1x2] = exp(f)\n"
    "n : int8[1x1x1x2] q{0.5/3} = mean(s) axes=[1,2] keep_dims=true\n"
    "g : float32[1x1x1x2] = dequantize(n)\n"
    "out output_0 = e\nout output_1 = g\n";

class Written : public testing::Test {
 protected:
  const std::vector<std::byte> bytes_ = WriteTflite(Parse(kText));
  const tflite::Model& model_ = *tflite::GetModel(bytes_.data());
  const tflite::SubGraph& graph_ = *model_.subgraphs()->Get(0);

  [[nodiscard]] const tflite::Tensor& TensorNamed(const std::string& name) const {
    for (const auto* tensor : *graph_.tensors()) {
      if (tensor->name()->str() == name) return *tensor;
    }
    throw std::out_of_range(name);
  }
  [[nodiscard]] const tflite::OperatorCode& CodeOf(const tflite::Operator& op) const {
    return *model_.operator_codes()->Get(op.opcode_index());
  }
};

template <typename T>
std::vector<T> ToVector(const flatbuffers::Vector<T>* values) {
  return values == nullptr ? std::vector<T>()
                           : std::vector<T>(values->begin(), values->end());
}

TEST_F(Written, PassesTheFormatsVerifier) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes_.data()),
                                 bytes_.size());
  EXPECT_TRUE(tflite::VerifyModelBuffer(verifier));
  EXPECT_TRUE(tflite::ModelBufferHasIdentifier(bytes_.data()));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes_.data()) + 4, 4), "TFL3");
  EXPECT_EQ(model_.version(), 3U);
}

TEST_F(Written, IsTheSameForEqualGraphs) { EXPECT_EQ(WriteTflite(Parse(kText)), bytes_); }

TEST_F(Written, KeepsBufferZeroEmptyAndAlignsTheOthers) {
  const auto& buffers = *model_.buffers();
  EXPECT_EQ(buffers.Get(0)->data(), nullptr);
  for (flatbuffers::uoffset_t i = 1; i < buffers.size(); ++i) {
    const auto* data = buffers.Get(i)->data()->data();
    const auto offset =
        reinterpret_cast<const std::byte*>(data) - bytes_.data();  // in the file
    EXPECT_EQ(offset % 16, 0) << "buffer " << i;
  }
}

std::size_t Elements(const tflite::Tensor& tensor) {
  std::size_t count = 1;
  for (const std::int32_t size : *tensor.shape()) count *= static_cast<std::size_t>(size);
  return count;
}

std::size_t BytesOf(tflite::TensorType type) {
  return type == tflite::TensorType_INT8 ? 1 : 4;
}

TEST_F(Written, GivesConstantsTheirExactLengthAndNothingElseData) {
  for (const auto* tensor : *graph_.tensors()) {
    const auto* data = model_.buffers()->Get(tensor->buffer())->data();
    const bool is_constant = tensor->buffer() != 0;
    ASSERT_EQ(data != nullptr, is_constant) << tensor->name()->str();
    if (is_constant) {
      EXPECT_EQ(data->size(), Elements(*tensor) * BytesOf(tensor->type()));
    }
  }
}

TEST_F(Written, StoresEqualConstantsOnce) {
  EXPECT_EQ(TensorNamed("b").buffer(), TensorNamed("b2").buffer());
  std::set<std::string> contents;
  for (const auto* buffer : *model_.buffers()) {
    const auto data = ToVector(buffer->data());
    contents.emplace(data.begin(), data.end());
  }
  EXPECT_EQ(contents.size(), model_.buffers()->size());
  EXPECT_EQ(graph_.operators()->Get(4)->inputs()->Get(1),
            graph_.operators()->Get(7)->inputs()->Get(1))
      << "the axes of both means";
}

TEST_F(Written, StatesQuantizationInVectorsOfEqualLength) {
  const auto* weights = TensorNamed("w").quantization();
  EXPECT_THAT(ToVector(weights->scale()), ElementsAre(0.5F, 0.25F));
  EXPECT_THAT(ToVector(weights->zero_point()), ElementsAre(0, 0));
  EXPECT_EQ(weights->quantized_dimension(), 0);
  EXPECT_EQ(TensorNamed("d").quantization()->quantized_dimension(), 3);
  EXPECT_THAT(ToVector(TensorNamed("c").quantization()->zero_point()), ElementsAre(3));
  EXPECT_EQ(TensorNamed("x").quantization()->scale(), nullptr);
}

TEST_F(Written, HasStaticShapesAndUniqueNames) {
  std::set<std::string> names;
  for (const auto* tensor : *graph_.tensors()) {
    EXPECT_EQ(tensor->shape_signature(), nullptr);
    EXPECT_TRUE(tensor->has_rank());
    EXPECT_FALSE(tensor->name()->str().empty());
    EXPECT_TRUE(names.insert(tensor->name()->str()).second) << tensor->name()->str();
  }
}

TEST_F(Written, ReadsNothingBeforeItIsMadeAndMakesNothingTwice) {
  std::set<std::int32_t> ready;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(graph_.tensors()->size()); ++i) {
    if (graph_.tensors()->Get(static_cast<std::uint32_t>(i))->buffer() != 0)
      ready.insert(i);
  }
  for (const std::int32_t i : *graph_.inputs()) EXPECT_TRUE(ready.insert(i).second);
  for (const auto* op : *graph_.operators()) {
    for (const std::int32_t i : *op->inputs()) EXPECT_TRUE(ready.contains(i)) << i;
    for (const std::int32_t i : *op->outputs()) EXPECT_TRUE(ready.insert(i).second) << i;
  }
  for (const std::int32_t i : *graph_.outputs()) EXPECT_TRUE(ready.contains(i));
}

TEST_F(Written, HasOneCodeAnOperatorInBothFields) {
  std::vector<std::string> codes;
  for (const auto* code : *model_.operator_codes()) {
    EXPECT_EQ(static_cast<int>(code->deprecated_builtin_code()),
              static_cast<int>(code->builtin_code()));
    codes.emplace_back(tflite::EnumNameBuiltinOperator(code->builtin_code()));
  }
  EXPECT_THAT(codes, ElementsAre("QUANTIZE", "CONV_2D", "DEPTHWISE_CONV_2D", "ADD",
                                 "MEAN", "DEQUANTIZE", "EXP"));
}

TEST_F(Written, StatesTheVersionsOfInt8Operators) {
  std::vector<int> versions;
  for (const auto* code : *model_.operator_codes()) versions.push_back(code->version());
  EXPECT_THAT(versions, ElementsAre(1, 3, 3, 2, 2, 2, 1));
}

TEST_F(Written, WritesTheOptionsOfEachOperator) {
  const auto& conv = *graph_.operators()->Get(1);
  const auto* options = conv.builtin_options_as_Conv2DOptions();
  ASSERT_NE(options, nullptr);
  EXPECT_EQ(options->padding(), tflite::Padding_SAME);
  EXPECT_EQ(options->activation(), tflite::ActivationFunctionType_RELU6);
  EXPECT_EQ(options->stride_h(), 1);
  const auto* mean = graph_.operators()->Get(7)->builtin_options_as_ReducerOptions();
  ASSERT_NE(mean, nullptr);
  EXPECT_TRUE(mean->keep_dims());
}

TEST_F(Written, NamesInputsAndOutputsInTheSignature) {
  const auto& signature = *model_.signature_defs()->Get(0);
  EXPECT_EQ(signature.signature_key()->str(), "serving_default");
  EXPECT_EQ(signature.subgraph_index(), 0U);
  EXPECT_EQ(signature.inputs()->Get(0)->name()->str(), "the input");
  EXPECT_EQ(signature.inputs()->Get(0)->tensor_index(),
            static_cast<std::uint32_t>(graph_.inputs()->Get(0)));
  ASSERT_EQ(signature.outputs()->size(), 2U);
  for (const std::uint32_t i : {0U, 1U}) {
    EXPECT_EQ(signature.outputs()->Get(i)->name()->str(), "output_" + std::to_string(i));
    EXPECT_EQ(signature.outputs()->Get(i)->tensor_index(),
              static_cast<std::uint32_t>(graph_.outputs()->Get(i)));
  }
}

TEST_F(Written, StatesTheOldestRuntimeInSixteenBytes) {
  for (const auto* entry : *model_.metadata()) {
    if (entry->name()->str() != "min_runtime_version") continue;
    const auto* data = model_.buffers()->Get(entry->buffer())->data();
    ASSERT_EQ(data->size(), 16U);
    EXPECT_STREQ(reinterpret_cast<const char*>(data->data()), "1.14.0");
    return;
  }
  FAIL() << "no min_runtime_version";
}

TEST(WriteTflite, LeavesOutABiasThatADenseLayerLacks) {
  const auto bytes =
      WriteTflite(Parse("in input = x : float32[1x2]\nconst w : float32[1x2] = 1 2\n"
                        "y : float32[1x1] = fully_connected(x, w)\nout output_0 = y\n"));
  const auto& op =
      *tflite::GetModel(bytes.data())->subgraphs()->Get(0)->operators()->Get(0);
  EXPECT_THAT(ToVector(op.inputs()), ElementsAre(0, 1, -1));
}

TEST(WriteTflite, MakesOneTensorOfConstantsThatAreEqualWithTheirScales) {
  const auto bytes = WriteTflite(
      Parse("in x = x : int8[1x2] q{1/0}\n"
            "const w : int8[1x2] q{0.5/0} = 1 2\nconst v : int8[1x2] q{0.5/0} = 1 2\n"
            "const u : int8[1x2] q{0.25/0} = 1 2\n"
            "a : int8[1x1] q{1/0} = fully_connected(x, w)\n"
            "b : int8[1x1] q{1/0} = fully_connected(x, v)\n"
            "c : int8[1x1] q{1/0} = fully_connected(x, u)\n"
            "out output_0 = a\nout output_1 = b\nout output_2 = c\n"));
  const auto& operators =
      *tflite::GetModel(bytes.data())->subgraphs()->Get(0)->operators();
  const auto weights = [&](unsigned i) { return operators.Get(i)->inputs()->Get(1); };
  EXPECT_EQ(weights(0), weights(1));
  EXPECT_NE(weights(0), weights(2));
}

TEST(WriteTflite, TakesTheHighestVersionOfAnOperatorsUses) {
  const auto bytes = WriteTflite(
      Parse("in input = x : float32[1x2]\n"
            "a : float32[1x2] = add(x, x)\nq : int8[1x2] q{1/0} = quantize(a)\n"
            "b : int8[1x2] q{1/0} = add(q, q)\nout output_0 = b\n"));
  for (const auto* code : *tflite::GetModel(bytes.data())->operator_codes()) {
    if (code->builtin_code() == tflite::BuiltinOperator_ADD) {
      EXPECT_EQ(code->version(), 2);
    }
  }
}

TEST(WriteTflite, LetsAnInputBeAnOutput) {
  const auto bytes =
      WriteTflite(Parse("in input = x : float32[1x2]\nout output_0 = x\n"));
  const auto& graph = *tflite::GetModel(bytes.data())->subgraphs()->Get(0);
  EXPECT_THAT(ToVector(graph.inputs()), ElementsAre(0));
  EXPECT_THAT(ToVector(graph.outputs()), ElementsAre(0));
}

}  // namespace
}  // namespace kinglet
