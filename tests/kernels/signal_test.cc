// The signal kernels of all instruction sets.
#include "tests/kernels/kernel_testing.h"

namespace kinglet {
namespace {

TEST(WeightedRows, SumsProductsInOrderWithARoundingEach) {
  for (const Size n : {1, 3, 16, 31, 128, 301}) {
    for (const Size count : {0, 1, 22}) {
      const FloatVector values = RandomFloats(n + 2 * count, 1);
      const FloatVector weights = RandomFloats(count, 2);
      std::vector<const float*> rows;
      for (Size t = 0; t < count; ++t) rows.push_back(values.data() + 2 * t);
      const FloatVector got =
          OnEverySet(n, "weighted rows", [&](const KernelTable& kernels, float* out) {
            kernels.weighted_rows(count, rows.data(), weights.data(), n, out);
          });
      for (Size i = 0; i < n; ++i) {
        float sum = 0.0F;
        for (std::size_t t = 0; t < rows.size(); ++t) {
          const float product = rows[t][i] * weights[t];
          sum = sum + product;
        }
        EXPECT_TRUE(SameBits(got[Count(i)], sum)) << i;
      }
    }
  }
}

}  // namespace
}  // namespace kinglet
