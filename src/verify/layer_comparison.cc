// One sample at a time: the float values of all matched tensors are kept while the
// quantized graph runs. Sums are in double, in the order of samples and elements.
#include "verify/layer_comparison.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "run/executor.h"
#include "verify/layer_matches.h"

namespace kinglet {
namespace {

/// Sums over one tensor.
struct Tally {
  double signal = 0;    ///< sum f^2
  double noise = 0;     ///< sum (f - q)^2
  double product = 0;   ///< sum f q
  double received = 0;  ///< sum q^2
  std::size_t count = 0;
  std::size_t outside = 0;
  std::vector<bool> steps;
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();

  void Add(float f, double q) {
    const double x = f;
    signal += x * x;
    noise += (x - q) * (x - q);
    product += x * q;
    received += q * q;
    min = std::min(min, f);
    max = std::max(max, f);
    ++count;
  }
};

/// Values of a quantized tensor as real numbers.
class Reals {
 public:
  Reals(const Value& value, std::span<const std::byte> bytes)
      : value_(value), bytes_(bytes) {
    if (!value.quantization.has_value()) return;
    scale_ = value.quantization->scales[0];
    zero_ = value.quantization->zero_points[0];
  }
  [[nodiscard]] bool IsInteger() const { return value_.dtype != DType::kFloat32; }
  [[nodiscard]] std::int64_t Lowest() const {
    return value_.dtype == DType::kInt8 ? -128 : -32768;
  }
  [[nodiscard]] std::int64_t Highest() const { return -Lowest() - 1; }
  [[nodiscard]] std::int64_t Integer(std::size_t i) const {
    return value_.dtype == DType::kInt8 ? At<std::int8_t>(i) : At<std::int16_t>(i);
  }
  [[nodiscard]] double Real(std::size_t i) const {
    if (!IsInteger()) return static_cast<double>(At<float>(i));
    return RealOf(static_cast<double>(Integer(i)));
  }
  [[nodiscard]] double RealOf(double steps) const {
    return scale_ * (steps - static_cast<double>(zero_));
  }

 private:
  template <typename T>
  [[nodiscard]] T At(std::size_t i) const {
    T element{};
    std::memcpy(&element, bytes_.data() + i * sizeof(T), sizeof(T));
    return element;
  }

  const Value& value_;
  std::span<const std::byte> bytes_;
  double scale_ = 1;
  std::int64_t zero_ = 0;
};

/// Which integers occur, and what lies beyond them.
void AddSteps(std::span<const float> floats, const Reals& reals, Tally& tally) {
  if (!reals.IsInteger()) return;
  constexpr double kHalf = 0.5;
  const double low = reals.RealOf(static_cast<double>(reals.Lowest()) - kHalf);
  const double high = reals.RealOf(static_cast<double>(reals.Highest()) + kHalf);
  tally.steps.resize(static_cast<std::size_t>(reals.Highest() - reals.Lowest() + 1));
  for (std::size_t i = 0; i < floats.size(); ++i) {
    if (floats[i] < low || floats[i] > high) ++tally.outside;
    tally.steps[static_cast<std::size_t>(reals.Integer(i) - reals.Lowest())] = true;
  }
}

/// Runs both graphs on each sample.
class SideBySide {
 public:
  /// A value of the quantized graph and the floats that it should hold.
  using See =
      std::function<void(ValueId, std::span<const float>, std::span<const std::byte>)>;

  SideBySide(const Graph& reference, const Graph& quantized, const LayerMatches& matches,
             std::span<const std::vector<Tensor>> samples)
      : matches_(matches),
        wanted_(matches.Wanted(reference)),
        floats_(reference),
        integers_(quantized),
        samples_(samples) {}

  void Run(const See& see) const {
    Executor::Context float_context = floats_.NewContext();
    Executor::Context integer_context = integers_.NewContext();
    std::vector<std::vector<float>> kept(wanted_.size());
    for (const std::vector<Tensor>& sample : samples_) {
      floats_.Run(float_context, sample,
                  [&](ValueId id, std::span<const std::byte> bytes) {
                    if (!wanted_[Index(id)]) return;
                    kept[Index(id)].resize(bytes.size() / sizeof(float));
                    std::memcpy(kept[Index(id)].data(), bytes.data(), bytes.size());
                  });
      integers_.Run(integer_context, sample,
                    [&](ValueId id, std::span<const std::byte> bytes) {
                      const auto& match = matches_.Of(id);
                      if (match.has_value())
                        see(id, kept[Index(match->reference)], bytes);
                    });
    }
  }

 private:
  const LayerMatches& matches_;
  std::vector<bool> wanted_;
  Executor floats_;
  Executor integers_;
  std::span<const std::vector<Tensor>> samples_;
};

/// By what equalization scaled each channel of a tensor, from what it holds: the factor
/// of least squared error.
class ChannelFactors {
 public:
  ChannelFactors(const Graph& quantized, const LayerMatches& matches)
      : quantized_(quantized), matches_(matches) {}

  void Learn(ValueId id, std::span<const float> floats, const Reals& reals) {
    if (!matches_.Of(id)->is_scaled) return;
    std::vector<Sums>& channels = sums_[matches_.Of(id)->last];
    channels.resize(static_cast<std::size_t>(quantized_[id].shape.back()));
    for (std::size_t i = 0; i < floats.size(); ++i) {
      const double x = floats[i];
      channels[i % channels.size()].squares += x * x;
      channels[i % channels.size()].products += x * reals.Real(i);
    }
  }

  void Scale(ValueId id, std::span<float> floats) const {
    if (!matches_.Of(id)->is_scaled) return;
    const std::vector<Sums>& channels = sums_.at(matches_.Of(id)->last);
    for (std::size_t i = 0; i < floats.size(); ++i) {
      const Sums& sums = channels[i % channels.size()];
      if (sums.squares == 0) continue;
      floats[i] = static_cast<float>(floats[i] * sums.products / sums.squares);
    }
  }

 private:
  struct Sums {
    double squares = 0;
    double products = 0;
  };

  const Graph& quantized_;
  const LayerMatches& matches_;
  std::map<ValueId, std::vector<Sums>> sums_;  // by the last of its copies, and channel
};

/// Adds what single values of the quantized graph hold to the tallies; copies of a result
/// as their mean.
class Tallies {
 public:
  Tallies(const Graph& quantized, const LayerMatches& matches)
      : quantized_(quantized), matches_(matches), tallies_(quantized.values.size()) {}

  void Add(ValueId id, std::span<const float> floats, std::span<const std::byte> bytes) {
    const Reals reals(quantized_[id], bytes);
    const ValueId last = matches_.Of(id)->last;
    Tally& tally = tallies_[Index(last)];
    AddSteps(floats, reals, tally);
    std::vector<double>& sums = sums_[last];
    sums.resize(floats.size());
    for (std::size_t i = 0; i < floats.size(); ++i) sums[i] += reals.Real(i);
    if (id != last) return;
    const int copies = matches_.CopiesUpTo(last);
    for (std::size_t i = 0; i < floats.size(); ++i) {
      tally.Add(floats[i], sums[i] / copies);
    }
    sums.clear();
  }

  [[nodiscard]] const Tally& Of(ValueId id) const { return tallies_[Index(id)]; }

 private:
  const Graph& quantized_;
  const LayerMatches& matches_;
  std::vector<Tally> tallies_;                   // by value, of copies by the last
  std::map<ValueId, std::vector<double>> sums_;  // of the copies so far
};

LayerComparison Finish(const Value& value, double copies, const Tally& tally) {
  constexpr double kDecibels = 10;
  const auto count = static_cast<double>(std::max<std::size_t>(tally.count, 1));
  const double integers = count * copies;
  const double norms = std::sqrt(tally.signal * tally.received);
  const auto used = static_cast<double>(std::ranges::count(tally.steps, true));
  return {.name = value.name,
          .shape = value.shape,
          .sqnr_db = tally.noise > 0 ? kDecibels * std::log10(tally.signal / tally.noise)
                                     : std::numeric_limits<double>::infinity(),
          .cosine = norms > 0 ? tally.product / norms : (tally.noise > 0 ? 0.0 : 1.0),
          .saturated = static_cast<double>(tally.outside) / integers,
          .steps_used =
              tally.steps.empty() ? 1 : used / static_cast<double>(tally.steps.size()),
          .min = tally.min,
          .max = tally.max};
}

/// The least of the SQNRs that are known; infinite when none is.
double WorstOf(const std::vector<ValueId>& ids,
               const std::map<std::size_t, double>& reached) {
  double worst = std::numeric_limits<double>::infinity();
  for (const ValueId id : ids) {
    const auto found = reached.find(Index(id));
    if (found != reached.end()) worst = std::min(worst, found->second);
  }
  return worst;
}

/// SQNR of the worst operand of each node less that of its result.
void FindDrops(const Graph& quantized, const Tallies& tallies,
               std::map<std::size_t, LayerComparison>& layers) {
  std::map<std::size_t, double> reached;  // SQNR carried through unmatched values
  for (const Node& node : quantized.nodes) {
    const double worst = WorstOf(node.inputs, reached);
    for (const ValueId id : node.outputs) {
      const auto layer = layers.find(Index(id));
      const bool is_compared = layer != layers.end() && tallies.Of(id).count > 0;
      reached[Index(id)] = is_compared ? layer->second.sqnr_db : worst;
      if (is_compared && std::isfinite(worst)) {
        layer->second.drop_db = worst - layer->second.sqnr_db;
      }
    }
  }
}

/// In the order in which the tensors are made.
std::vector<LayerComparison> Finished(const Graph& reference, const Graph& quantized,
                                      const LayerMatches& matches,
                                      const Tallies& tallies) {
  std::map<std::size_t, LayerComparison> layers;
  std::vector<std::size_t> order;
  for (const Node& node : quantized.nodes) {
    for (const ValueId id : node.outputs) {
      const int copies = matches.CopiesUpTo(id);
      if (copies == 0) continue;
      const Value& result = reference[matches.Of(id)->reference];
      layers.emplace(Index(id), Finish(result, copies, tallies.Of(id)));
      order.push_back(Index(id));
    }
  }
  FindDrops(quantized, tallies, layers);
  std::vector<LayerComparison> result;
  result.reserve(order.size());
  for (const std::size_t index : order) result.push_back(layers.at(index));
  return result;
}

}  // namespace

std::vector<LayerComparison> CompareLayers(const Graph& reference, const Graph& quantized,
                                           std::span<const std::vector<Tensor>> samples) {
  const LayerMatches matches(reference, quantized);
  const SideBySide both(reference, quantized, matches, samples);
  ChannelFactors factors(quantized, matches);
  if (matches.AnyIsScaled()) {
    both.Run(
        [&](ValueId id, std::span<const float> floats, std::span<const std::byte> bytes) {
          factors.Learn(id, floats, Reals(quantized[id], bytes));
        });
  }
  Tallies tallies(quantized, matches);
  std::vector<float> scaled;
  both.Run(
      [&](ValueId id, std::span<const float> floats, std::span<const std::byte> bytes) {
        scaled.assign(floats.begin(), floats.end());
        factors.Scale(id, scaled);
        tallies.Add(id, scaled, bytes);
      });
  return Finished(reference, quantized, matches, tallies);
}

}  // namespace kinglet
