// Shape rules that several operations share.
#pragma once

#include <optional>

#include "ops/op_def.h"

namespace kinglet {

/// The type of the first input.
template <typename Typed>
Inferred SameAsInput(const Typed& /*op*/, std::span<const TensorType> inputs) {
  return std::vector<TensorType>{inputs[0]};
}

/// NumPy broadcasting, or nothing when the shapes don't fit.
std::optional<Shape> Broadcast(const Shape& a, const Shape& b);

/// NumPy broadcasting of two inputs.
template <typename Typed>
Inferred BroadcastOfInputs(const Typed& /*op*/, std::span<const TensorType> inputs) {
  const auto shape = Broadcast(inputs[0].shape, inputs[1].shape);
  if (!shape.has_value()) {
    return "shapes " + ToString(inputs[0].shape) + " and " + ToString(inputs[1].shape) +
           " don't broadcast";
  }
  if (inputs[0].dtype != inputs[1].dtype) return "operands of two types";
  return std::vector<TensorType>{{inputs[0].dtype, *shape}};
}

/// Shape without `axes`, or with size 1 there.
Inferred Reduced(const TensorType& input, const Ints& axes, bool keep_dims);

}  // namespace kinglet
