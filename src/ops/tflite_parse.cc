#include "ops/tflite_parse.h"

#include <algorithm>

namespace kinglet {

std::optional<Padding> PaddingFrom(tflite::Padding padding) {
  if (padding == tflite::Padding_SAME) return Padding::kSame;
  if (padding == tflite::Padding_VALID) return Padding::kValid;
  return std::nullopt;
}

std::optional<Activation> ActivationFrom(tflite::ActivationFunctionType activation) {
  switch (activation) {
    case tflite::ActivationFunctionType_NONE:
      return Activation::kNone;
    case tflite::ActivationFunctionType_RELU:
      return Activation::kRelu;
    case tflite::ActivationFunctionType_RELU_N1_TO_1:
      return Activation::kReluN1To1;
    case tflite::ActivationFunctionType_RELU6:
      return Activation::kRelu6;
    default:
      return std::nullopt;
  }
}

std::optional<Ints> IntsOf(const TfliteSource& source, std::size_t input) {
  if (input >= source.inputs.size() || source.inputs[input] == nullptr) return {};
  const Tensor* constant = source.inputs[input]->constant.get();
  if (constant == nullptr) return std::nullopt;
  if (constant->dtype() == DType::kInt32) {
    const auto data = constant->Data<std::int32_t>();
    return Ints(data.begin(), data.end());
  }
  if (constant->dtype() == DType::kInt64) {
    const auto data = constant->Data<std::int64_t>();
    return Ints(data.begin(), data.end());
  }
  return std::nullopt;
}

std::optional<Ints> NormalizedAxes(Ints axes, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  for (std::int64_t& axis : axes) {
    if (axis < 0) axis += count;
    if (axis < 0 || axis >= count) return std::nullopt;
  }
  std::ranges::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

}  // namespace kinglet
