#include "import/json_tensor.h"

#include <algorithm>
#include <string>
#include <vector>

namespace kinglet {
namespace {

/// The numbers of nested lists and their shape; false when they are ragged or hold
/// something else.
bool CollectNumbers(const Json& json, std::size_t depth, Shape& shape,
                    std::vector<double>& numbers) {
  if (json.is_number() || json.is_boolean()) {
    numbers.push_back(json.is_boolean() ? (json.get<bool>() ? 1.0 : 0.0)
                                        : json.get<double>());
    return depth == shape.size();
  }
  if (!json.is_array() || json.empty()) return false;
  if (depth == shape.size() && numbers.empty()) {
    shape.push_back(static_cast<std::int64_t>(json.size()));
  }
  if (depth >= shape.size() || shape[depth] != static_cast<std::int64_t>(json.size())) {
    return false;
  }
  return std::ranges::all_of(json, [&](const Json& member) {
    return CollectNumbers(member, depth + 1, shape, numbers);
  });
}

/// Whether the first of nested lists is a bool.
bool IsOfBools(const Json& json) {
  const Json* first = &json;
  while (first->is_array() && !first->empty()) first = &first->front();
  return first->is_boolean();
}

}  // namespace

DType TypeNamed(const std::string& name) {
  if (name == "bool") return DType::kBool;
  return name.starts_with("int") || name.starts_with("uint") ? DType::kInt32
                                                             : DType::kFloat32;
}

bool IsArray(const Json& json) {
  const std::string wrapper = TextAt(json, "class_name");
  return wrapper == "__tensor__" || wrapper == "__numpy__";
}

std::optional<Tensor> TensorFrom(const Json& json) {
  const Json& config = MemberOrNull(json, "config");
  const Json& value = IsArray(json) ? MemberOrNull(config, "value") : json;
  Shape shape;
  std::vector<double> numbers;
  if (!CollectNumbers(value, 0, shape, numbers)) return std::nullopt;
  DType dtype = IsOfBools(value) ? DType::kBool : DType::kFloat32;
  if (IsArray(json)) dtype = TypeNamed(TextAt(config, "dtype"));
  return TensorFrom(shape, numbers, dtype);
}

Tensor TensorFrom(const Shape& shape, const std::vector<double>& numbers, DType dtype) {
  if (dtype == DType::kInt32) {
    const std::vector<std::int32_t> values(numbers.begin(), numbers.end());
    return Tensor::Of<std::int32_t>(shape, std::span<const std::int32_t>(values));
  }
  if (dtype == DType::kBool) {
    Tensor tensor(DType::kBool, shape);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      tensor.Data<bool>()[i] = numbers[i] != 0;
    }
    return tensor;
  }
  const std::vector<float> values(numbers.begin(), numbers.end());
  return Tensor::Of<float>(shape, std::span<const float>(values));
}

}  // namespace kinglet
