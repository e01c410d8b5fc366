// Whether a rewritten graph computes what it did.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "run/executor.h"

namespace kinglet {

/// Outputs may differ by `tolerance` of their largest magnitude, or of 1.
inline void ExpectSameFunction(const Graph& before, const Graph& after,
                               const std::vector<std::vector<Tensor>>& samples,
                               float tolerance) {
  const Executor one(before);
  const Executor other(after);
  auto one_context = one.NewContext();
  auto other_context = other.NewContext();
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const auto a = one.Run(one_context, samples[s]);
    const auto b = other.Run(other_context, samples[s]);
    for (std::size_t o = 0; o < a.size(); ++o) {
      float largest = 1;
      for (const float y : a[o].Data<float>()) largest = std::max(largest, std::abs(y));
      for (std::size_t i = 0; i < a[o].size(); ++i) {
        EXPECT_NEAR(a[o].Data<float>()[i], b[o].Data<float>()[i], tolerance * largest)
            << "sample " << s;
      }
    }
  }
}

}  // namespace kinglet
