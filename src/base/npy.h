// One NumPy array file (.npy) as bytes.
#pragma once

#include <span>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

/// @throws kCorrupt; see ReadNpz for the element types.
Tensor ParseNpy(std::span<const std::byte> bytes);

/// Format version 1.0, row-major.
std::vector<std::byte> PrintNpy(const Tensor& tensor);

}  // namespace kinglet
