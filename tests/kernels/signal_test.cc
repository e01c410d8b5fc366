// The signal kernels of all instruction sets.
#include <cmath>
#include <complex>
#include <numbers>

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

float LargestOf(std::span<const float> values) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

TEST(LargestMagnitude, IsThatOfAllValuesOrOfEachGroup) {
  for (const Size groups : {1, 2, 5, 33}) {
    const Size rest = groups % 3 * 5;
    FloatVector values = RandomFloats(groups * kGroupSize + rest, 8);
    values[Count(groups * kGroupSize + rest - 1)] = -2;
    const FloatVector got =
        OnEverySet(groups + 1, "magnitudes", [&](const KernelTable& kernels, float* out) {
          kernels.group_maxima(groups, values.data(), out);
          out[groups] = kernels.largest_magnitude(std::ssize(values), values.data());
        });
    for (Size g = 0; g < groups; ++g) {
      const auto group = std::span(values).subspan(Count(g * kGroupSize), kGroupSize);
      EXPECT_EQ(got[Count(g)], LargestOf(group)) << g;
    }
    EXPECT_EQ(got[Count(groups)], 2);
  }
}

TEST(LargestMagnitude, IsNotFiniteWhereAValueIsNot) {
  for (const float bad : {INFINITY, -INFINITY, NAN}) {
    for (const Size at : {0, 7, 15, 16, 40}) {
      FloatVector values = RandomFloats(41, 9);
      values[Count(at)] = bad;
      const FloatVector got =
          OnEverySet(3, "magnitudes", [&](const KernelTable& kernels, float* out) {
            kernels.group_maxima(2, values.data(), out);
            out[2] = kernels.largest_magnitude(std::ssize(values), values.data());
          });
      EXPECT_FALSE(std::isfinite(got[2]));
      for (Size g = 0; g < 2; ++g) {
        EXPECT_EQ(std::isfinite(got[Count(g)]), at / kGroupSize != g) << at;
      }
    }
  }
}

/// X[k] of a windowed frame by its definition.
std::complex<double> BinOf(const float* frame, const std::vector<double>& window,
                           std::size_t k) {
  std::complex<double> sum;
  const auto n = static_cast<double>(window.size());
  for (std::size_t i = 0; i < window.size(); ++i) {
    const auto turns = static_cast<double>(i * k % window.size()) / n;
    sum += window[i] * frame[i] * std::polar(1.0, -2 * std::numbers::pi * turns);
  }
  return sum;
}

TEST(RealFourier, IsTheTransformOfEachFrameInTheSameBitsOnEverySet) {
  constexpr Size kFrames = RealFourier::kFrames;
  for (const Size n : {2, 6, 8, 10, 22, 98, 512, 1102}) {
    const Size bins = n / 2 + 1;
    const FloatVector samples = RandomFloats(n + 3 * (kFrames - 1), 5);
    std::vector<const float*> frames;
    for (Size f = 0; f < kFrames; ++f) frames.push_back(samples.data() + 3 * f);
    std::vector<double> window(n);
    for (std::size_t i = 0; i < window.size(); ++i) {
      window[i] = 0.3 + static_cast<double>(i % 7);
    }
    const FloatVector got = OnEverySet(
        2 * kFrames * bins, "transform", [&](const KernelTable& kernels, float* out) {
          kernels.real_fourier(n)->Run(frames.data(), window.data(), out,
                                       out + kFrames * bins);
        });
    for (Size f = 0; f < kFrames; ++f) {
      for (Size k = 0; k < bins; ++k) {
        const std::complex<double> want = BinOf(frames[Count(f)], window, Count(k));
        // Of sums in double with n terms nothing but the rounding to float32 is left.
        const double size = 1e-6 + std::abs(want);
        EXPECT_NEAR(got[Count(f * bins + k)], want.real(), size * 1e-7) << n << ' ' << k;
        EXPECT_NEAR(got[Count((kFrames + f) * bins + k)], want.imag(), size * 1e-7);
      }
    }
  }
}

TEST(Magnitudes, AreRoundedOnce) {
  for (const Size n : {1, 2, 7, 8, 19, 64}) {
    const FloatVector re = RandomFloats(n, 6);
    const FloatVector im = RandomFloats(n, 7);
    const FloatVector got =
        OnEverySet(n, "magnitudes", [&](const KernelTable& kernels, float* out) {
          kernels.magnitudes(n, re.data(), im.data(), out);
        });
    for (std::size_t i = 0; i < re.size(); ++i) {
      const auto want = std::sqrt(static_cast<long double>(re[i]) * re[i] +
                                  static_cast<long double>(im[i]) * im[i]);
      EXPECT_FLOAT_EQ(got[i], static_cast<float>(want));
    }
  }
}

}  // namespace
}  // namespace kinglet
