// Rows of patches are gathered as int16, one line an input, so that a product of two
// lines is a dot product. Up to 33,000 rows of numbers within -255..255 sum in int32.
#include "tune/gram.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

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

double SumOf(std::span<const std::int16_t> line) {
  return std::accumulate(line.begin(), line.end(), std::int32_t{0});
}

double SumOf(std::span<const float> line) {
  return std::accumulate(line.begin(), line.end(), 0.0);
}

/// Some groups of channels.
struct SomeGroups {
  Size first = 0;
  Size count = 0;
};

/// Patches of some groups: [group][input][rows]. `T` holds numbers of `Element`s less an
/// offset, times a factor; padding is zero.
template <typename T, typename Element>
class Patches {
 public:
  template <typename Convert>
  Patches(const LinearGeometry& linear, const Thinning& thinning,
          const SomeGroups& groups, const LayerInputs::Source& input,
          const Convert& convert, std::size_t workers)
      : linear_(linear),
        thinning_(thinning),
        groups_(groups),
        lines_(
            static_cast<std::size_t>(linear.Taps() * linear.Channels() * groups.count) *
            thinning.rows) {
    ForEachSample((thinning.rows + kBlock - 1) / kBlock, workers,
                  [&](std::size_t, std::size_t block) {
                    GatherRows(block * kBlock, input, convert);
                  });
  }

  [[nodiscard]] std::span<const T> Line(std::size_t i) const {
    return std::span(lines_).subspan(i * thinning_.rows, thinning_.rows);
  }

  [[nodiscard]] double MeanOf(std::size_t i) const {
    return SumOf(Line(i)) / static_cast<double>(thinning_.rows);
  }

 private:
  /// Rows whose numbers of one line fill a line of the processor's cache.
  static constexpr std::size_t kBlock = 32;

  struct Row {
    std::span<const Element> input;
    Size y = 0;
    Size x = 0;
  };

  template <typename Convert>
  void GatherRows(std::size_t first, const LayerInputs::Source& input,
                  const Convert& convert) {
    std::vector<Row> rows;
    for (std::size_t r = first; r < std::min(first + kBlock, thinning_.rows); ++r) {
      const std::size_t at = thinning_.At(r);
      const auto position = static_cast<Size>(at % thinning_.positions);
      rows.push_back({input(at / thinning_.positions).template Data<Element>(),
                      position / linear_.w.out, position % linear_.w.out});
    }
    std::vector<const Element*> reads(rows.size());
    for (Size tap = 0; tap < linear_.Taps(); ++tap) {
      std::ranges::transform(rows, reads.begin(),
                             [&](const Row& row) { return ReadOf(row, tap); });
      for (Size channel = 0; channel < groups_.count * linear_.Channels(); ++channel) {
        T* to = &lines_[LineOf(tap, channel) * thinning_.rows + first];
        for (std::size_t r = 0; r < reads.size(); ++r) {
          to[r] = reads[r] == nullptr ? T{} : convert(reads[r][channel]);
        }
      }
    }
  }

  /// The first channel of the groups where a tap reads; null in the padding.
  [[nodiscard]] const Element* ReadOf(const Row& row, Size tap) const {
    const Axis& h = linear_.h;
    const Axis& w = linear_.w;
    const Size y = row.y * h.stride - h.before + tap / w.kernel * h.dilation;
    const Size x = row.x * w.stride - w.before + tap % w.kernel * w.dilation;
    if (y < 0 || y >= h.in || x < 0 || x >= w.in) return nullptr;
    const Size at =
        (y * w.in + x) * linear_.in_channels + groups_.first * linear_.Channels();
    return &row.input[static_cast<std::size_t>(at)];
  }

  [[nodiscard]] std::size_t LineOf(Size tap, Size channel) const {
    const Size group = channel / linear_.Channels();
    return static_cast<std::size_t>((group * linear_.Taps() + tap) * linear_.Channels() +
                                    channel % linear_.Channels());
  }

  const LinearGeometry& linear_;
  const Thinning& thinning_;
  SomeGroups groups_;
  std::vector<T> lines_;
};

using IntegerPatches = Patches<std::int16_t, std::int8_t>;
using FloatPatches = Patches<float, float>;

double Dot(std::span<const std::int16_t> a, std::span<const std::int16_t> b) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<std::int32_t>(a[i]) * static_cast<std::int32_t>(b[i]);
  }
  return sum;
}

/// Eight sums by turns, so that they fill vectors in an order that is always the same.
double Dot(std::span<const std::int16_t> a, std::span<const float> b) {
  constexpr std::size_t kSums = 8;
  std::array<double, kSums> sums{};
  std::size_t i = 0;
  for (; i + kSums <= a.size(); i += kSums) {
    for (std::size_t s = 0; s < kSums; ++s) {
      sums[s] += static_cast<double>(a[i + s]) * static_cast<double>(b[i + s]);
    }
  }
  for (; i < a.size(); ++i) sums[0] += static_cast<double>(a[i]) * b[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Mean products of the deviations of all lines of a group of `a` with all of `b`.
template <typename A, typename B>
std::vector<double> Moments(const A& a, const B& b, std::size_t first, std::size_t size,
                            std::size_t rows, bool is_symmetric, std::size_t workers) {
  std::vector<double> moments(size * size);
  std::vector<double> means_a(size);
  std::vector<double> means_b(size);
  for (std::size_t i = 0; i < size; ++i) {
    means_a[i] = a.MeanOf(first + i);
    means_b[i] = b.MeanOf(first + i);
  }
  ForEachSample(size, workers, [&](std::size_t, std::size_t i) {
    for (std::size_t j = 0; j < (is_symmetric ? i + 1 : size); ++j) {
      const double product = Dot(a.Line(first + i), b.Line(first + j));
      const double moment = product / static_cast<double>(rows) - means_a[i] * means_b[j];
      moments[i * size + j] = moment;
      if (is_symmetric) moments[j * size + i] = moment;
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
    const IntegerPatches integers(
        linear, thinning, groups, inputs.integers,
        [&inputs](std::int8_t q) {
          return static_cast<std::int16_t>(q - inputs.zero_point);
        },
        workers);
    std::optional<FloatPatches> floats;
    if (inputs.floats != nullptr) {
      floats.emplace(
          linear, thinning, groups, inputs.floats,
          [&inputs](float x) { return static_cast<float>(x / inputs.scale); }, workers);
    }
    const auto count = static_cast<std::size_t>(groups.count);
    grams.resize(grams.size() + count);
    ForEachGroup(count, workers, [&](std::size_t group, std::size_t within) {
      const std::size_t line = group * size;
      Gram& gram = grams[static_cast<std::size_t>(first) + group];
      gram.size = size;
      gram.moments = Moments(integers, integers, line, size, thinning.rows, true, within);
      if (!floats.has_value()) return;
      gram.cross = Moments(integers, *floats, line, size, thinning.rows, false, within);
    });
  }
  return grams;
}

}  // namespace kinglet
