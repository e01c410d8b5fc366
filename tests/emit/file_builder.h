// Files as other converters write them, and damaged ones, from plain descriptions.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "schema/tflite_generated.h"

namespace kinglet {

struct FileTensor {
  std::string name;
  tflite::TensorType type = tflite::TensorType_FLOAT32;
  std::vector<std::int32_t> shape;
  std::vector<std::uint8_t> data = {};
  std::vector<std::int32_t> free_shape = {};  ///< shape_signature
  std::vector<float> scales = {};
  std::vector<std::int64_t> zero_points = {};
  std::int32_t axis = 0;
  bool is_variable = false;
};

struct FileOperator {
  tflite::BuiltinOperator code{};
  std::vector<std::int32_t> inputs;
  std::vector<std::int32_t> outputs;
  tflite::BuiltinOptions options_type = tflite::BuiltinOptions_NONE;
  std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)> options =
      nullptr;
};

struct FilePort {
  std::string name;
  std::uint32_t tensor = 0;
};

struct FileModel {
  std::vector<FileTensor> tensors;
  std::vector<FileOperator> operators = {};
  std::vector<std::int32_t> inputs = {0};
  std::vector<std::int32_t> outputs = {};
  std::vector<FilePort> signature_inputs = {};
  std::vector<FilePort> signature_outputs = {};
  std::uint32_t version = 3;
};

/// The bytes of numbers.
template <typename T>
std::vector<std::uint8_t> Bytes(const std::vector<T>& numbers) {
  std::vector<std::uint8_t> bytes(numbers.size() * sizeof(T));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

/// Two operators of a kind have two operator codes; every tensor has a buffer of its own.
inline std::vector<std::byte> BuildFile(const FileModel& model) {
  using flatbuffers::Offset;
  flatbuffers::FlatBufferBuilder builder;
  std::vector<Offset<tflite::Buffer>> buffers = {tflite::CreateBuffer(builder)};
  std::vector<Offset<tflite::Tensor>> tensors;
  for (const FileTensor& tensor : model.tensors) {
    const auto quantization = tflite::CreateQuantizationParametersDirect(
        builder, nullptr, nullptr, &tensor.scales, &tensor.zero_points,
        tflite::QuantizationDetails_NONE, 0, tensor.axis);
    const auto* free_shape = tensor.free_shape.empty() ? nullptr : &tensor.free_shape;
    tensors.push_back(tflite::CreateTensorDirect(
        builder, &tensor.shape, tensor.type, static_cast<std::uint32_t>(buffers.size()),
        tensor.name.c_str(), quantization, tensor.is_variable, 0, free_shape));
    buffers.push_back(tflite::CreateBufferDirect(builder, &tensor.data));
  }
  std::vector<Offset<tflite::OperatorCode>> codes;
  std::vector<Offset<tflite::Operator>> operators;
  for (const FileOperator& op : model.operators) {
    const int old_code = std::min(static_cast<int>(op.code), 127);
    codes.push_back(tflite::CreateOperatorCodeDirect(
        builder, static_cast<std::int8_t>(old_code), "Custom", 1, op.code));
    const auto options = op.options == nullptr ? Offset<void>(0) : op.options(builder);
    operators.push_back(tflite::CreateOperatorDirect(
        builder, static_cast<std::uint32_t>(operators.size()), &op.inputs, &op.outputs,
        op.options_type, options));
  }
  const auto maps = [&builder](const std::vector<FilePort>& ports) {
    std::vector<Offset<tflite::TensorMap>> made;
    for (const FilePort& port : ports) {
      made.push_back(
          tflite::CreateTensorMapDirect(builder, port.name.c_str(), port.tensor));
    }
    return made;
  };
  const std::vector<Offset<tflite::SubGraph>> subgraphs = {tflite::CreateSubGraphDirect(
      builder, &tensors, &model.inputs, &model.outputs, &operators, "main")};
  const auto signature_inputs = maps(model.signature_inputs);
  const auto signature_outputs = maps(model.signature_outputs);
  std::vector<Offset<tflite::SignatureDef>> signatures;
  if (!signature_outputs.empty()) {
    signatures.push_back(tflite::CreateSignatureDefDirect(
        builder, &signature_inputs, &signature_outputs, "serving_default"));
  }
  builder.Finish(
      tflite::CreateModelDirect(builder, model.version, &codes, &subgraphs, "test",
                                &buffers, nullptr, nullptr, &signatures),
      tflite::ModelIdentifier());
  const auto* data = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {data, data + builder.GetSize()};
}

}  // namespace kinglet
