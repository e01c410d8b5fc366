// Arrays that are written into a model's configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/tensor.h"
#include "import/keras_json.h"

namespace kinglet {

/// The type that stands for Keras' type of that name here: bool, int32 for integers, and
/// float32.
DType TypeNamed(const std::string& name);

/// Whether Keras wrote a tensor or an array of NumPy here.
bool IsArray(const Json& json);

/// The tensor that an array, a number, or nested lists of numbers are: float32, int32 or
/// bool as it says, lists bool or float32. Nothing for what is no tensor, ragged or not
/// finite.
std::optional<Tensor> TensorFrom(const Json& json);

/// The numbers as `dtype`, int32, bool or float32.
Tensor TensorFrom(const Shape& shape, const std::vector<double>& numbers, DType dtype);

}  // namespace kinglet
