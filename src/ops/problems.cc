#include "ops/problems.h"

#include <algorithm>

namespace kinglet {
namespace {

bool IsQuantized(DType dtype) { return dtype == DType::kInt8 || dtype == DType::kInt16; }

bool HasOneScale(const Value& value) {
  return !IsQuantized(value.dtype) ||
         (value.quantization.has_value() && value.quantization->scales.size() == 1);
}

/// Types of weights and bias beside an activation.
struct LinearTypes {
  DType weights;
  std::vector<DType> bias;
};
LinearTypes TypesBeside(DType activation, DType weights) {
  if (activation == DType::kFloat32) {
    return {weights == DType::kInt8 ? weights : DType::kFloat32, {DType::kFloat32}};
  }
  if (activation == DType::kInt8) return {DType::kInt8, {DType::kInt32}};
  return {DType::kInt8, {DType::kInt32, DType::kInt64}};
}

bool Holds(const std::vector<DType>& types, DType dtype) {
  return std::find(types.begin(), types.end(), dtype) != types.end();
}

/// The runtimes have no kernel for 16 bits with another zero point than 0.
bool IsShifted(const Value& value) {
  return value.dtype == DType::kInt16 && value.quantization.has_value() &&
         value.quantization->zero_points[0] != 0;
}

std::optional<std::string> ShiftProblem(const NodeView& view) {
  if (IsShifted(view.Input(0)) || IsShifted(view.Output())) {
    return "INT16 with a zero point";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ScaleProblem(const NodeView& view) {
  const DType dtype = view.Input(0).dtype;
  for (std::size_t i = 0; i < view.node.inputs.size(); ++i) {
    if (!HasOneScale(view.Input(i))) return "an operand has no scale of its own";
    if (view.Input(i).dtype != dtype) return "operands of different types";
  }
  if (!HasOneScale(view.Output())) return "its result has no scale of its own";
  return ShiftProblem(view);
}

std::optional<std::string> SameScaleProblem(const NodeView& view) {
  for (std::size_t i = 0; i < view.node.inputs.size(); ++i) {
    if (view.Input(i).quantization != view.Output().quantization) {
      return "an operand has another scale than the result";
    }
  }
  return std::nullopt;
}

std::optional<std::string> WeightsProblem(const NodeView& view) {
  const Value& in = view.Input(0);
  const LinearTypes types = TypesBeside(in.dtype, view.Input(1).dtype);
  if (!HasOneScale(in) || !HasOneScale(view.Output())) return "a scale is missing";
  if (auto problem = ShiftProblem(view)) return problem;
  for (std::size_t i = 1; i < view.node.inputs.size(); ++i) {
    const Value& value = view.Input(i);
    if (value.constant == nullptr) return "its weights are not constant";
    const bool fits =
        i == 1 ? value.dtype == types.weights : Holds(types.bias, value.dtype);
    if (!fits) return "weights of a type that doesn't go with the input's";
  }
  const Value& weights = view.Input(1);
  if (!IsQuantized(weights.dtype)) return std::nullopt;
  const bool per_channel =
      weights.quantization.has_value() &&
      (weights.quantization->scales.size() == 1 ||
       static_cast<std::int64_t>(weights.quantization->scales.size()) ==
           view.Output().shape.back());
  if (!per_channel) return "weights without a scale per output channel";
  return std::nullopt;
}

}  // namespace kinglet
