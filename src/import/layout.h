// Keras' variable layouts as the graph's.
#pragma once

#include "base/tensor.h"

namespace kinglet {

/// Output axis i is input axis perm[i]. REQUIRES: float32.
Tensor Permuted(const Tensor& tensor, const std::vector<std::size_t>& perm);

}  // namespace kinglet
