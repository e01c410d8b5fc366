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

/// Of each input row the sum of what a column of the kernel reads: [row][channel].
template <typename Sum, typename T>
std::vector<Sum> RowSums(const LinearGeometry& linear, std::span<const T> input,
                         Sum zero_point, Size kx) {
  const Size channels = linear.in_channels;
  const Reach columns = ReachOf(linear.w, kx);
  std::vector<Sum> all(static_cast<std::size_t>(linear.h.in * channels));
  for (Size y = 0; y < linear.h.in; ++y) {
    Sum* sums = all.data() + y * channels;
    for (Size c = 0; c < columns.last - columns.first; ++c) {
      const Size x = columns.start + c * linear.w.stride;
      const T* from = input.data() + (y * linear.w.in + x) * channels;
      for (Size i = 0; i < channels; ++i) {
        sums[i] += static_cast<Sum>(from[i]) - zero_point;
      }
    }
  }
  return all;
}

/// Sums are of type `Sum`: int32 holds those of 16 million integers.
template <typename Sum, typename T>
std::vector<double> Means(const LinearGeometry& linear, std::span<const T> input,
                          Sum zero_point) {
  const Size channels = linear.in_channels;
  const Axis& h = linear.h;
  const auto positions = static_cast<double>(h.out * linear.w.out);
  std::vector<double> means(static_cast<std::size_t>(linear.Taps() * channels));
  std::vector<Sum> sums(static_cast<std::size_t>(channels));
  for (Size kx = 0; kx < linear.w.kernel; ++kx) {
    const std::vector<Sum> rows = RowSums(linear, input, zero_point, kx);
    for (Size ky = 0; ky < h.kernel; ++ky) {
      const Reach reach = ReachOf(h, ky);
      std::ranges::fill(sums, Sum{0});
      for (Size r = 0; r < reach.last - reach.first; ++r) {
        const Sum* from = rows.data() + (reach.start + r * h.stride) * channels;
        for (Size i = 0; i < channels; ++i) sums[static_cast<std::size_t>(i)] += from[i];
      }
      double* to = means.data() + (ky * linear.w.kernel + kx) * channels;
      for (const Sum sum : sums) *to++ = static_cast<double>(sum) / positions;
    }
  }
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

std::vector<double> TapMeans(const LinearGeometry& linear,
                             std::span<const std::int16_t> input) {
  return Means<std::int64_t>(linear, input, std::int64_t{0});
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
