// Rows of patches are gathered, one line an input, so that a product of two lines is a
// dot product: of bytes, 131,071 products sum in 32 bits.
#include "tune/gram.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "kernels/kernels.h"
#include "run/samples.h"

namespace kinglet {
namespace {

constexpr std::size_t kMostRows = 8192;
constexpr std::size_t kFewestRows = 256;
constexpr std::size_t kMostProducts = 4'000'000'000;
constexpr std::size_t kMostGathered = 8'000'000;  // numbers, where groups allow it

/// Which output positions of which samples are taken.
struct Thinning {
  std::size_t positions = 0;  ///< of one sample
  std::size_t rows = 0;
  std::size_t total = 0;

  [[nodiscard]] std::size_t At(std::size_t row) const { return row * total / rows; }
};

Thinning ThinningOf(const LinearGeometry& linear, std::size_t samples) {
  Thinning thinning;
  thinning.positions = static_cast<std::size_t>(linear.h.out * linear.w.out);
  thinning.total = samples * thinning.positions;
  const auto size = static_cast<std::size_t>(linear.Taps() * linear.Channels());
  const std::size_t work = size * size * static_cast<std::size_t>(linear.groups);
  thinning.rows = std::clamp(kMostProducts / work, kFewestRows, kMostRows);
  thinning.rows = std::min(thinning.rows, thinning.total);
  return thinning;
}

/// Some groups of channels.
struct SomeGroups {
  Size first = 0;
  Size count = 0;
};

void LinesOf(Size rows, Size columns, const std::int8_t* in, std::int8_t* out,
             Size out_stride) {
  Kernels().transpose_bytes(rows, columns, in, columns, out, out_stride);
}

void LinesOf(Size rows, Size columns, const float* in, float* out, Size out_stride) {
  Kernels().transpose(rows, columns, in, columns, out, out_stride);
}

/// Patches of some groups: [tap][channel of the groups][rows].
template <typename T>
class Patches {
 public:
  Patches(const LinearGeometry& linear, const Thinning& thinning,
          const SomeGroups& groups, const LayerInputs::Source& input, T padding,
          std::size_t workers)
      : linear_(linear),
        thinning_(thinning),
        groups_(groups),
        padding_(padding),
        lines_(static_cast<std::size_t>(linear.Taps() * Width()) * thinning.rows) {
    ForEachSample(
        (thinning.rows + kBlock - 1) / kBlock, workers,
        [&](std::size_t, std::size_t block) { GatherRows(block * kBlock, input); });
  }

  /// Input `i` of a group, in the order taps, then channels of the group.
  [[nodiscard]] std::span<const T> Line(std::size_t group, std::size_t i) const {
    const auto channels = static_cast<std::size_t>(linear_.Channels());
    const std::size_t line = i / channels * static_cast<std::size_t>(Width()) +
                             group * channels + i % channels;
    return std::span(lines_).subspan(line * thinning_.rows, thinning_.rows);
  }

 private:
  /// Rows whose bytes of a line fill a line of the processor's cache.
  static constexpr std::size_t kBlock = 64;

  struct Row {
    std::span<const T> input;
    Size y = 0;
    Size x = 0;
  };

  [[nodiscard]] Size Width() const { return groups_.count * linear_.Channels(); }

  void GatherRows(std::size_t first, const LayerInputs::Source& input) {
    std::vector<Row> rows;
    for (std::size_t r = first; r < std::min(first + kBlock, thinning_.rows); ++r) {
      const std::size_t at = thinning_.At(r);
      const auto position = static_cast<Size>(at % thinning_.positions);
      rows.push_back({input(at / thinning_.positions).template Data<T>(),
                      position / linear_.w.out, position % linear_.w.out});
    }
    const auto width = static_cast<std::size_t>(Width());
    std::vector<T> read(rows.size() * width);
    for (Size tap = 0; tap < linear_.Taps(); ++tap) {
      for (std::size_t r = 0; r < rows.size(); ++r) {
        const T* from = ReadOf(rows[r], tap);
        T* to = &read[r * width];
        if (from == nullptr) {
          std::fill_n(to, width, padding_);
        } else {
          std::copy_n(from, width, to);
        }
      }
      LinesOf(static_cast<Size>(rows.size()), Width(), read.data(),
              &lines_[static_cast<std::size_t>(tap) * width * thinning_.rows + first],
              static_cast<Size>(thinning_.rows));
    }
  }

  /// The first channel of the groups where a tap reads; null in the padding.
  [[nodiscard]] const T* ReadOf(const Row& row, Size tap) const {
    const Axis& h = linear_.h;
    const Axis& w = linear_.w;
    const Size y = row.y * h.stride - h.before + tap / w.kernel * h.dilation;
    const Size x = row.x * w.stride - w.before + tap % w.kernel * w.dilation;
    if (y < 0 || y >= h.in || x < 0 || x >= w.in) return nullptr;
    const Size at =
        (y * w.in + x) * linear_.in_channels + groups_.first * linear_.Channels();
    return &row.input[static_cast<std::size_t>(at)];
  }

  const LinearGeometry& linear_;
  const Thinning& thinning_;
  SomeGroups groups_;
  T padding_;
  std::vector<T> lines_;
};

using IntegerPatches = Patches<std::int8_t>;
using FloatPatches = Patches<float>;

/// With those of all lines.
std::vector<std::int32_t> Dots(std::span<const std::int8_t> line,
                               std::span<const std::int8_t* const> lines) {
  std::vector<std::int32_t> dots(lines.size());
  Kernels().dots_int8(static_cast<Size>(line.size()), line.data(),
                      static_cast<Size>(lines.size()), lines.data(), dots.data());
  return dots;
}

/// Mean products of the deviations of all inputs of a group: with sums of integers
/// (n sum of a b - sum of a * sum of b) / n^2.
std::vector<double> Moments(const IntegerPatches& patches, std::size_t group,
                            std::size_t size, std::size_t rows, std::size_t workers) {
  const auto n = static_cast<std::int64_t>(rows);
  const std::vector<std::int8_t> ones(rows, 1);
  std::vector<const std::int8_t*> lines;
  for (std::size_t i = 0; i < size; ++i) lines.push_back(patches.Line(group, i).data());
  const std::vector<std::int32_t> sums = Dots(ones, lines);
  std::vector<double> moments(size * size);
  ForEachSample(size, workers, [&](std::size_t, std::size_t i) {
    const auto dots = Dots(patches.Line(group, i), std::span(lines).first(i + 1));
    for (std::size_t j = 0; j <= i; ++j) {
      const std::int64_t scaled = n * dots[j] - std::int64_t{sums[i]} * sums[j];
      moments[i * size + j] = static_cast<double>(scaled) / static_cast<double>(n * n);
      moments[j * size + i] = moments[i * size + j];
    }
  });
  return moments;
}

/// The sums of a float line, and of its products with a line of integers. Eight sums by
/// turns, so that they fill vectors in an order that is always the same.
struct CrossSums {
  double floats = 0;
  double products = 0;
};

CrossSums CrossSumsOf(std::span<const std::int8_t> a, std::span<const float> b) {
  constexpr std::size_t kSums = 8;
  std::array<double, kSums> floats{};
  std::array<double, kSums> products{};
  const auto add = [&](std::size_t s, std::size_t i) {
    floats[s] += static_cast<double>(b[i]);
    products[s] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  };
  std::size_t i = 0;
  for (; i + kSums <= a.size(); i += kSums) {
    for (std::size_t s = 0; s < kSums; ++s) add(s, i + s);
  }
  for (; i < a.size(); ++i) add(0, i);
  return {std::accumulate(floats.begin(), floats.end(), 0.0),
          std::accumulate(products.begin(), products.end(), 0.0)};
}

/// Mean products of the deviations of all integer inputs of a group with those of all
/// float ones, these in steps of `scale`.
std::vector<double> CrossMoments(const IntegerPatches& integers,
                                 const FloatPatches& floats, double scale,
                                 std::size_t group, std::size_t size,
                                 std::size_t workers) {
  std::vector<double> moments(size * size);
  ForEachSample(size, workers, [&](std::size_t, std::size_t i) {
    const std::span<const std::int8_t> a = integers.Line(group, i);
    const auto n = static_cast<double>(a.size());
    const double mean = std::accumulate(a.begin(), a.end(), std::int32_t{0}) / n;
    for (std::size_t j = 0; j < size; ++j) {
      const CrossSums sums = CrossSumsOf(a, floats.Line(group, j));
      moments[i * size + j] = (sums.products - mean * sums.floats) / (n * scale);
    }
  });
  return moments;
}

}  // namespace

std::vector<Gram> GramsOf(const LinearGeometry& linear, const LayerInputs& inputs,
                          std::size_t workers) {
  const Thinning thinning = ThinningOf(linear, inputs.samples);
  const auto size = static_cast<std::size_t>(linear.Taps() * linear.Channels());
  const auto at_once =
      static_cast<Size>(std::max<std::size_t>(kMostGathered / (size * thinning.rows), 1));
  std::vector<Gram> grams;
  for (Size first = 0; first < linear.groups; first += at_once) {
    const SomeGroups groups{first, std::min(at_once, linear.groups - first)};
    const IntegerPatches integers(linear, thinning, groups, inputs.integers,
                                  static_cast<std::int8_t>(inputs.zero_point), workers);
    std::optional<FloatPatches> floats;
    if (inputs.floats != nullptr) {
      floats.emplace(linear, thinning, groups, inputs.floats, 0.0F, workers);
    }
    const auto count = static_cast<std::size_t>(groups.count);
    grams.resize(grams.size() + count);
    ForEachGroup(count, workers, [&](std::size_t group, std::size_t within) {
      Gram& gram = grams[static_cast<std::size_t>(first) + group];
      gram.size = size;
      gram.moments = Moments(integers, group, size, thinning.rows, within);
      if (!floats.has_value()) return;
      gram.cross = CrossMoments(integers, *floats, inputs.scale, group, size, within);
    });
  }
  return grams;
}

}  // namespace kinglet
