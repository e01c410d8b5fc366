// Sums run in a fixed order in double; those of integers are exact.
#include "tune/tap_means.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "kernels/kernels.h"

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

template <typename Sum, typename T>
void AddRows(Size rows, Size n, const T* in, Size in_stride, Sum* sums) {
  for (Size r = 0; r < rows; ++r, in += in_stride) {
    for (Size i = 0; i < n; ++i) sums[i] += static_cast<Sum>(in[i]);
  }
}

void AddRows(Size rows, Size n, const std::int8_t* in, Size in_stride,
             std::int32_t* sums) {
  Kernels().add_rows_int8(rows, n, in, in_stride, sums);
}

/// Of each input row the sum of what a column of the kernel reads: [row][channel].
template <typename Sum, typename T>
std::vector<Sum> RowSums(const LinearGeometry& linear, std::span<const T> input,
                         Size kx) {
  const Size channels = linear.in_channels;
  const Reach columns = ReachOf(linear.w, kx);
  std::vector<Sum> all(static_cast<std::size_t>(linear.h.in * channels));
  for (Size y = 0; y < linear.h.in; ++y) {
    AddRows(columns.last - columns.first, channels,
            input.data() + (y * linear.w.in + columns.start) * channels,
            linear.w.stride * channels, all.data() + y * channels);
  }
  return all;
}

/// Of what lies so far above `zero_point`. Sums are of type `Sum`: int32 holds those of
/// 16 million bytes.
template <typename Sum, typename T>
std::vector<double> Means(const LinearGeometry& linear, std::span<const T> input,
                          Sum zero_point) {
  const Size channels = linear.in_channels;
  const Axis& h = linear.h;
  const auto positions = static_cast<double>(h.out * linear.w.out);
  std::vector<double> means(static_cast<std::size_t>(linear.Taps() * channels));
  std::vector<Sum> sums(static_cast<std::size_t>(channels));
  for (Size kx = 0; kx < linear.w.kernel; ++kx) {
    const std::vector<Sum> rows = RowSums<Sum>(linear, input, kx);
    const Reach columns = ReachOf(linear.w, kx);
    for (Size ky = 0; ky < h.kernel; ++ky) {
      const Reach reach = ReachOf(h, ky);
      std::ranges::fill(sums, Sum{0});
      for (Size r = 0; r < reach.last - reach.first; ++r) {
        const Sum* from = rows.data() + (reach.start + r * h.stride) * channels;
        for (Size i = 0; i < channels; ++i) sums[static_cast<std::size_t>(i)] += from[i];
      }
      const Size cells = (reach.last - reach.first) * (columns.last - columns.first);
      const Sum zeros = zero_point * static_cast<Sum>(cells);
      double* to = means.data() + (ky * linear.w.kernel + kx) * channels;
      for (const Sum sum : sums) *to++ = static_cast<double>(sum - zeros) / positions;
    }
  }
  return means;
}

/// Eight sums by turns, so that they fill vectors in an order that is always the same.
template <typename T>
double Product(Size n, const double* a, const T* b) {
  constexpr Size kSums = 8;
  std::array<double, kSums> sums{};
  Size i = 0;
  for (; i + kSums <= n; i += kSums) {
    for (Size s = 0; s < kSums; ++s) sums[s] += a[i + s] * static_cast<double>(b[i + s]);
  }
  for (; i < n; ++i) sums[0] += a[i] * static_cast<double>(b[i]);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

template <typename T>
std::vector<double> Products(const LinearGeometry& linear,
                             std::span<const double> tap_means,
                             std::span<const T> weights) {
  std::vector<double> products(static_cast<std::size_t>(linear.out_channels));
  for (Size o = 0; o < linear.out_channels; ++o) {
    double sum = 0;
    for (Size t = 0; t < linear.Taps(); ++t) {
      sum += Product(linear.Channels(),
                     &tap_means[static_cast<std::size_t>(t * linear.in_channels +
                                                         linear.FirstChannel(o))],
                     &weights[static_cast<std::size_t>(linear.Weight(o, t, 0))]);
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
