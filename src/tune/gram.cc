// Rows of patches are gathered as int16, one line an input, so that a product of two
// lines is a dot product. Up to 33,000 rows of numbers within -255..255 sum in int32.
#include "tune/gram.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "run/samples.h"

namespace kinglet {
namespace {

constexpr std::size_t kMostRows = 8192;
constexpr std::size_t kFewestRows = 256;
constexpr std::size_t kMostProducts = 4'000'000'000;

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

/// Patches of one group: [size][rows]. `T` holds numbers of `Element`s less an offset,
/// times a factor; padding is zero.
template <typename T, typename Element>
class Patches {
 public:
  Patches(const LinearGeometry& linear, const Thinning& thinning)
      : linear_(linear),
        thinning_(thinning),
        lines_(static_cast<std::size_t>(linear.Taps() * linear.Channels()) *
               thinning.rows) {}

  template <typename Convert>
  void Gather(Size group, const LayerInputs::Source& input, const Convert& convert) {
    for (std::size_t row = 0; row < thinning_.rows; ++row) {
      const std::size_t at = thinning_.At(row);
      const auto position = static_cast<Size>(at % thinning_.positions);
      GatherRow(row, group, position, input(at / thinning_.positions).Data<Element>(),
                convert);
    }
  }

  [[nodiscard]] std::span<const T> Line(std::size_t i) const {
    return std::span(lines_).subspan(i * thinning_.rows, thinning_.rows);
  }

  [[nodiscard]] double MeanOf(std::size_t i) const {
    double sum = 0;
    for (const T value : Line(i)) sum += static_cast<double>(value);
    return sum / static_cast<double>(thinning_.rows);
  }

 private:
  template <typename Convert>
  void GatherRow(std::size_t row, Size group, Size position,
                 std::span<const Element> input, const Convert& convert) {
    const Axis& h = linear_.h;
    const Axis& w = linear_.w;
    const Size channels = linear_.Channels();
    for (Size tap = 0; tap < linear_.Taps(); ++tap) {
      const Size y = position / w.out * h.stride - h.before + tap / w.kernel * h.dilation;
      const Size x = position % w.out * w.stride - w.before + tap % w.kernel * w.dilation;
      const bool inside = y >= 0 && y < h.in && x >= 0 && x < w.in;
      for (Size c = 0; c < channels; ++c) {
        const Size from = (y * w.in + x) * linear_.in_channels + group * channels + c;
        lines_[static_cast<std::size_t>(tap * channels + c) * thinning_.rows + row] =
            inside ? convert(input[static_cast<std::size_t>(from)]) : T{};
      }
    }
  }

  const LinearGeometry& linear_;
  const Thinning& thinning_;
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

/// Mean products of the deviations of all lines of `a` with all of `b`.
template <typename A, typename B>
std::vector<double> Moments(const A& a, const B& b, std::size_t size, std::size_t rows,
                            bool is_symmetric, std::size_t workers) {
  std::vector<double> moments(size * size);
  std::vector<double> means_a(size);
  std::vector<double> means_b(size);
  for (std::size_t i = 0; i < size; ++i) {
    means_a[i] = a.MeanOf(i);
    means_b[i] = b.MeanOf(i);
  }
  ForEachSample(size, workers, [&](std::size_t, std::size_t i) {
    for (std::size_t j = 0; j < (is_symmetric ? i + 1 : size); ++j) {
      const double moment =
          Dot(a.Line(i), b.Line(j)) / static_cast<double>(rows) - means_a[i] * means_b[j];
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
  std::vector<Gram> grams;
  IntegerPatches integers(linear, thinning);
  FloatPatches floats(linear, thinning);
  for (Size group = 0; group < linear.groups; ++group) {
    integers.Gather(group, inputs.integers, [&inputs](std::int8_t q) {
      return static_cast<std::int16_t>(q - inputs.zero_point);
    });
    Gram gram{size, Moments(integers, integers, size, thinning.rows, true, workers), {}};
    if (inputs.floats != nullptr) {
      floats.Gather(group, inputs.floats,
                    [&inputs](float x) { return static_cast<float>(x / inputs.scale); });
      gram.cross = Moments(integers, floats, size, thinning.rows, false, workers);
    }
    grams.push_back(std::move(gram));
  }
  return grams;
}

}  // namespace kinglet
