// Operators that see no data, only shapes: they are constants in a graph.
#pragma once

#include <optional>
#include <span>

#include "ir/graph.h"
#include "schema/tflite_generated.h"

namespace kinglet {

/// The result of SHAPE, RANK or ZEROS_LIKE, or of RANGE of constants; nothing for other
/// operators. `dtype` is the result's type.
/// @throws kUnsupported where it can't be told without running the model.
std::optional<Tensor> ConstantOfShapes(tflite::BuiltinOperator code,
                                       std::span<const Value* const> inputs, DType dtype);

}  // namespace kinglet
