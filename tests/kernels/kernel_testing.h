// Random inputs, and bit for bit comparison with the plain C++ kernels.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace kinglet {

using FloatVector = std::vector<float>;

/// Half a unit in the last place of 1, rounded up.
inline constexpr double kHalfUlp = 6e-8;

inline std::size_t Count(Size n) { return static_cast<std::size_t>(n); }

/// Uniform in [-1, 1).
inline FloatVector RandomFloats(Size n, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  FloatVector values(Count(n));
  for (float& value : values) value = uniform(engine);
  return values;
}

/// Zeros, the smallest and largest numbers, halves, NaN and infinities among others.
inline FloatVector AwkwardFloats() {
  FloatVector values = {0.0F,   -0.0F,       1e-45F,  -1e-45F, 1.17549435e-38F,
                        1e-39F, 0.5F,        -0.5F,   1.5F,    -1.5F,
                        2.5F,   0.49999997F, 1.0F,    -1.0F,   88.722F,
                        88.73F, -87.4F,      -103.9F, -104.5F, 127.5F,
                        1e9F,   -1e9F,       3.4e38F, -3.4e38F};
  for (const float special : {INFINITY, -INFINITY, NAN}) values.push_back(special);
  return values;
}

/// Any NaN equals any other; everything else by its bits.
inline bool SameBits(float a, float b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

inline void ExpectSameBits(std::span<const float> actual, std::span<const float> expected,
                           const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_TRUE(SameBits(actual[i], expected[i]))
        << what << ", element " << i << ": " << actual[i] << " for " << expected[i];
  }
}

/// Runs `run(kernels, out)` with every instruction set into `n` floats followed by a
/// guard, compares all with the portable ones, and returns those.
template <typename Run>
FloatVector OnEverySet(Size n, const std::string& what, const Run& run) {
  constexpr float kGuard = 1234.5F;
  FloatVector expected;
  for (const InstructionSet set : AvailableInstructionSets()) {
    FloatVector out(Count(n) + 3, kGuard);
    run(KernelsFor(set), out.data());
    for (std::size_t i = Count(n); i < out.size(); ++i) {
      EXPECT_EQ(out[i], kGuard) << what << " wrote past its end on " << NameOf(set);
    }
    out.resize(Count(n));
    if (set == InstructionSet::kPortable) expected = out;
    ExpectSameBits(out, expected, what + " on " + std::string(NameOf(set)));
  }
  return expected;
}

}  // namespace kinglet
