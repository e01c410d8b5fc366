#include "ops/tflite_parse.h"

#include <algorithm>
#include <limits>

#include "ops/tflite_form.h"

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
    // No size or bound is larger; a bound beyond every axis stays one.
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    Ints ints;
    for (const std::int64_t value : constant->Data<std::int64_t>()) {
      ints.push_back(std::clamp(value, -kMost, kMost));
    }
    return ints;
  }
  return std::nullopt;
}

std::optional<std::int64_t> IntOf(const TfliteSource& source, std::size_t input) {
  const auto ints = IntsOf(source, input);
  if (!ints.has_value() || ints->size() != 1) return std::nullopt;
  return ints->front();
}

std::int64_t NormalizedAxis(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < 0) axis += count;
  return axis < count ? std::max<std::int64_t>(axis, -1) : -1;
}

std::optional<PairColumns> PairsOf(const TfliteSource& source, std::size_t input) {
  const auto ints = IntsOf(source, input);
  if (!ints.has_value() || ints->size() % 2 != 0) return std::nullopt;
  PairColumns pairs;
  for (std::size_t i = 0; i < ints->size(); i += 2) {
    pairs.before.push_back((*ints)[i]);
    pairs.after.push_back((*ints)[i + 1]);
  }
  return pairs;
}

std::optional<DType> DTypeFrom(tflite::TensorType type) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kInt16,
                            DType::kInt32, DType::kInt64, DType::kUint8, DType::kBool}) {
    if (TfliteType(dtype) == type) return dtype;
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
