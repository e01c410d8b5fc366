// Sums run in a fixed order in double; those of integers are exact.
#include "tune/tap_means.h"

#include <algorithm>

namespace kinglet {
namespace {

/// Output positions whose tap `k` lies in the input: [first, last).
struct Reach {
  Size first = 0;
  Size last = 0;
  Size start = 0;  ///< input position of output `first`
};

Reach ReachOf(const Axis& axis, Size k) {
  Reach reach;
  const auto position = [&](Size out) {
    return out * axis.stride - axis.before + k * axis.dilation;
  };
  while (reach.first < axis.out && position(reach.first) < 0) ++reach.first;
  reach.last = axis.out;
  while (reach.last > reach.first && position(reach.last - 1) >= axis.in) --reach.last;
  reach.start = position(reach.first);
  return reach;
}

/// Sums are of type `Sum`: int32 holds those of 16 million integers.
template <typename Sum, typename T>
std::vector<double> Means(const LinearGeometry& linear, std::span<const T> input,
                          Sum zero_point) {
  const Size channels = linear.in_channels;
  const Axis& h = linear.h;
  const Axis& w = linear.w;
  std::vector<Sum> all(static_cast<std::size_t>(linear.Taps() * channels));
  for (Size ky = 0; ky < h.kernel; ++ky) {
    const Reach rows = ReachOf(h, ky);
    for (Size kx = 0; kx < w.kernel; ++kx) {
      const Reach columns = ReachOf(w, kx);
      Sum* sums = all.data() + (ky * w.kernel + kx) * channels;
      for (Size r = 0; r < rows.last - rows.first; ++r) {
        const Size y = rows.start + r * h.stride;
        for (Size c = 0; c < columns.last - columns.first; ++c) {
          const Size x = columns.start + c * w.stride;
          const T* from = input.data() + (y * w.in + x) * channels;
          for (Size i = 0; i < channels; ++i) {
            sums[i] += static_cast<Sum>(from[i]) - zero_point;
          }
        }
      }
    }
  }
  const auto positions = static_cast<double>(h.out * w.out);
  std::vector<double> means;
  for (const Sum sum : all) means.push_back(static_cast<double>(sum) / positions);
  return means;
}

template <typename T>
std::vector<double> Products(const LinearGeometry& linear,
                             std::span<const double> tap_means,
                             std::span<const T> weights) {
  std::vector<double> products(static_cast<std::size_t>(linear.out_channels));
  for (Size o = 0; o < linear.out_channels; ++o) {
    double sum = 0;
    for (Size t = 0; t < linear.Taps(); ++t) {
      const Size from = t * linear.in_channels + linear.FirstChannel(o);
      for (Size i = 0; i < linear.Channels(); ++i) {
        sum += tap_means[static_cast<std::size_t>(from + i)] *
               static_cast<double>(
                   weights[static_cast<std::size_t>(linear.Weight(o, t, i))]);
      }
    }
    products[static_cast<std::size_t>(o)] = sum;
  }
  return products;
}

}  // namespace

std::vector<double> TapMeans(const LinearGeometry& linear, std::span<const float> input) {
  return Means<double>(linear, input, 0);
}

std::vector<double> TapMeans(const LinearGeometry& linear,
                             std::span<const std::int8_t> input,
                             std::int32_t zero_point) {
  return Means<std::int32_t>(linear, input, zero_point);
}

std::vector<double> MeanProducts(const LinearGeometry& linear,
                                 std::span<const double> tap_means,
                                 std::span<const float> weights) {
  return Products(linear, tap_means, weights);
}

std::vector<double> MeanProducts(const LinearGeometry& linear,
                                 std::span<const double> tap_means,
                                 std::span<const std::int8_t> weights) {
  return Products(linear, tap_means, weights);
}

}  // namespace kinglet
