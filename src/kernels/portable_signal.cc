#include "kernels/portable.h"

namespace kinglet::portable {

void WeightedRows(Size count, const float* const* rows, const float* weights, Size n,
                  float* out) {
  for (Size i = 0; i < n; ++i) {
    float sum = 0.0F;
    for (Size t = 0; t < count; ++t) sum += rows[t][i] * weights[t];
    out[i] = sum;
  }
}

}  // namespace kinglet::portable
