#include "emit/shape_operators.h"

#include <algorithm>

#include "kinglet/error.h"
#include "ops/infer.h"

namespace kinglet {
namespace {

constexpr std::int64_t kLongestRange = 1 << 24;

Tensor Integers(const Shape& shape, const std::vector<std::int64_t>& values,
                DType dtype) {
  if (dtype == DType::kInt64) {
    return Tensor::Of<std::int64_t>(shape, std::span<const std::int64_t>(values));
  }
  const std::vector<std::int32_t> narrow(values.begin(), values.end());
  return Tensor::Of<std::int32_t>(shape, std::span<const std::int32_t>(narrow));
}

[[noreturn]] void Refuse(const char* what) { throw Error(ErrorKind::kUnsupported, what); }

std::int64_t IntegerOf(const Value* value) {
  const Tensor* constant = value == nullptr ? nullptr : value->constant.get();
  if (constant == nullptr || constant->size() != 1) Refuse("a bound is not constant");
  if (constant->dtype() == DType::kInt32) return constant->Data<std::int32_t>()[0];
  if (constant->dtype() == DType::kInt64) return constant->Data<std::int64_t>()[0];
  Refuse("a bound is no integer");
}

Tensor Range(std::span<const Value* const> inputs, DType dtype) {
  if (inputs.size() != 3) Refuse("three operands are needed");
  const std::int64_t start = IntegerOf(inputs[0]);
  const std::int64_t limit = IntegerOf(inputs[1]);
  const std::int64_t delta = IntegerOf(inputs[2]);
  const auto goes_on = [&](std::int64_t i) { return delta > 0 ? i < limit : i > limit; };
  std::vector<std::int64_t> values;
  for (std::int64_t i = start; delta != 0 && goes_on(i); i += delta) {
    values.push_back(i);
    if (std::ssize(values) > kLongestRange) Refuse("the range is too long");
  }
  const Shape shape = {std::ssize(values)};
  return Integers(shape, values, dtype);
}

Shape ShapeIn(const Value* value) {
  const Tensor* constant = value == nullptr ? nullptr : value->constant.get();
  if (constant == nullptr) Refuse("a shape is not constant");
  if (constant->dtype() == DType::kInt64) {
    const auto sizes = constant->Data<std::int64_t>();
    return {sizes.begin(), sizes.end()};
  }
  if (constant->dtype() != DType::kInt32) Refuse("a shape of no integers");
  const auto sizes = constant->Data<std::int32_t>();
  return {sizes.begin(), sizes.end()};
}

Tensor BroadcastShape(std::span<const Value* const> inputs, DType dtype) {
  if (inputs.size() != 2) Refuse("two operands are needed");
  const auto shape = Broadcast(ShapeIn(inputs[0]), ShapeIn(inputs[1]));
  if (!shape.has_value()) Refuse("shapes that don't broadcast");
  return Integers({std::ssize(*shape)}, *shape, dtype);
}

}  // namespace

std::optional<Tensor> ConstantOfShapes(tflite::BuiltinOperator code,
                                       std::span<const Value* const> inputs,
                                       DType dtype) {
  if (code == tflite::BuiltinOperator_BROADCAST_ARGS)
    return BroadcastShape(inputs, dtype);
  const bool known =
      code == tflite::BuiltinOperator_SHAPE || code == tflite::BuiltinOperator_RANK ||
      code == tflite::BuiltinOperator_ZEROS_LIKE || code == tflite::BuiltinOperator_RANGE;
  if (!known) return std::nullopt;
  if (code == tflite::BuiltinOperator_RANGE) return Range(inputs, dtype);
  if (inputs.size() != 1 || inputs[0] == nullptr) Refuse("one operand is needed");
  const Shape& shape = inputs[0]->shape;
  if (code == tflite::BuiltinOperator_SHAPE) {
    return Integers({std::ssize(shape)}, shape, dtype);
  }
  if (code == tflite::BuiltinOperator_RANK)
    return Integers({}, {std::ssize(shape)}, dtype);
  return Tensor(inputs[0]->dtype, shape);
}

}  // namespace kinglet
