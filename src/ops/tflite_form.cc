#include "ops/tflite_form.h"

namespace kinglet {

tflite::Padding TflitePadding(Padding padding) {
  return padding == Padding::kSame ? tflite::Padding_SAME : tflite::Padding_VALID;
}

tflite::TensorType TfliteType(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return tflite::TensorType_FLOAT32;
    case DType::kFloat16:
      return tflite::TensorType_FLOAT16;
    case DType::kInt8:
      return tflite::TensorType_INT8;
    case DType::kInt16:
      return tflite::TensorType_INT16;
    case DType::kInt32:
      return tflite::TensorType_INT32;
    case DType::kInt64:
      return tflite::TensorType_INT64;
    case DType::kUint8:
      return tflite::TensorType_UINT8;
    case DType::kBool:
      return tflite::TensorType_BOOL;
  }
  return tflite::TensorType_FLOAT32;
}

tflite::ActivationFunctionType TfliteActivation(Activation activation) {
  switch (activation) {
    case Activation::kNone:
      return tflite::ActivationFunctionType_NONE;
    case Activation::kRelu:
      return tflite::ActivationFunctionType_RELU;
    case Activation::kReluN1To1:
      return tflite::ActivationFunctionType_RELU_N1_TO_1;
    case Activation::kRelu6:
      return tflite::ActivationFunctionType_RELU6;
    case Activation::kRelu0To1:
      break;
  }
  Check(false, "a clamp that operations fuse");
  return tflite::ActivationFunctionType_NONE;
}

int VersionFor(const NodeView& view, Versions versions) {
  switch (view.Input(0).dtype) {
    case DType::kInt8:
      return versions.int8;
    case DType::kInt16:
      return versions.int16;
    default:
      return versions.float32;
  }
}

tflite::TensorType WideBiasType(const NodeView& view) {
  const bool is_wide = view.Input(0).dtype == DType::kInt16;
  return is_wide ? tflite::TensorType_INT64 : tflite::TensorType_FLOAT32;
}

std::vector<TfliteOperand> Operands(const NodeView& view, std::vector<IntsOperand> ints) {
  std::vector<TfliteOperand> operands(view.node.inputs.begin(), view.node.inputs.end());
  for (IntsOperand& operand : ints) operands.emplace_back(std::move(operand));
  return operands;
}

IntsOperand PairRows(const Ints& before, const Ints& after) {
  IntsOperand rows{{static_cast<std::int64_t>(before.size()), 2}, {}};
  for (std::size_t i = 0; i < before.size(); ++i) {
    rows.values.push_back(static_cast<std::int32_t>(before[i]));
    rows.values.push_back(static_cast<std::int32_t>(after[i]));
  }
  return rows;
}

IntsOperand IntScalar(std::int64_t value) {
  return {{}, {static_cast<std::int32_t>(value)}};
}

IntsOperand IntVector(const Ints& values) {
  return {{static_cast<std::int64_t>(values.size())},
          std::vector<std::int32_t>(values.begin(), values.end())};
}

TfliteOp WithoutOptions(const NodeView& view, tflite::BuiltinOperator code,
                        Versions versions, std::vector<IntsOperand> ints) {
  return {.code = code,
          .version = VersionFor(view, versions),
          .options_type = tflite::BuiltinOptions_NONE,
          .options = 0,
          .inputs = Operands(view, std::move(ints))};
}

}  // namespace kinglet
