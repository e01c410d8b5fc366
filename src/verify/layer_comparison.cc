// One sample at a time: the float values of all matched tensors are kept while the
// quantized graph runs. Sums are in double, in the order of samples and elements.
#include "verify/layer_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "run/executor.h"

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

void AddTensor(std::span<const float> floats, const Reals& reals, Tally& tally) {
  for (std::size_t i = 0; i < floats.size(); ++i) tally.Add(floats[i], reals.Real(i));
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

bool IsComparable(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kInt8 || dtype == DType::kInt16;
}

/// By value of the quantized graph: the float value of the same name and shape.
std::vector<std::optional<ValueId>> Match(const Graph& reference,
                                          const Graph& quantized) {
  std::map<std::string, ValueId> by_name;
  for (std::size_t i = 0; i < reference.values.size(); ++i) {
    const Value& value = reference.values[i];
    if (value.constant == nullptr && value.dtype == DType::kFloat32) {
      by_name.emplace(value.name, static_cast<ValueId>(i));
    }
  }
  std::vector<std::optional<ValueId>> matches(quantized.values.size());
  for (std::size_t i = 0; i < quantized.values.size(); ++i) {
    const Value& value = quantized.values[i];
    const auto found = by_name.find(value.name);
    if (found == by_name.end() || value.constant != nullptr) continue;
    const bool same = reference[found->second].shape == value.shape;
    if (same && IsComparable(value.dtype)) matches[i] = found->second;
  }
  return matches;
}

LayerComparison Finish(const Value& value, const Tally& tally) {
  constexpr double kDecibels = 10;
  const auto count = static_cast<double>(std::max<std::size_t>(tally.count, 1));
  const double norms = std::sqrt(tally.signal * tally.received);
  const auto used = static_cast<double>(std::ranges::count(tally.steps, true));
  return {.name = value.name,
          .shape = value.shape,
          .sqnr_db = tally.noise > 0 ? kDecibels * std::log10(tally.signal / tally.noise)
                                     : std::numeric_limits<double>::infinity(),
          .cosine = norms > 0 ? tally.product / norms : (tally.noise > 0 ? 0.0 : 1.0),
          .saturated = static_cast<double>(tally.outside) / count,
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
void FindDrops(const Graph& quantized, const std::vector<Tally>& tallies,
               std::map<std::size_t, LayerComparison>& layers) {
  std::map<std::size_t, double> reached;  // SQNR carried through unmatched values
  for (const Node& node : quantized.nodes) {
    const double worst = WorstOf(node.inputs, reached);
    for (const ValueId id : node.outputs) {
      const auto layer = layers.find(Index(id));
      const bool is_compared = layer != layers.end() && tallies[Index(id)].count > 0;
      reached[Index(id)] = is_compared ? layer->second.sqnr_db : worst;
      if (is_compared && std::isfinite(worst)) {
        layer->second.drop_db = worst - layer->second.sqnr_db;
      }
    }
  }
}

/// In the order in which the tensors are made.
std::vector<LayerComparison> Finished(const Graph& quantized,
                                      const std::vector<std::optional<ValueId>>& matches,
                                      const std::vector<Tally>& tallies) {
  std::map<std::size_t, LayerComparison> layers;
  std::vector<std::size_t> order;
  for (const Node& node : quantized.nodes) {
    for (const ValueId id : node.outputs) {
      if (!matches[Index(id)].has_value()) continue;
      layers.emplace(Index(id), Finish(quantized[id], tallies[Index(id)]));
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
  const auto matches = Match(reference, quantized);
  std::vector<bool> wanted(reference.values.size());
  for (const auto& match : matches) {
    if (match.has_value()) wanted[Index(*match)] = true;
  }
  const Executor floats(reference);
  const Executor integers(quantized);
  Executor::Context float_context = floats.NewContext();
  Executor::Context integer_context = integers.NewContext();
  std::vector<std::vector<float>> kept(reference.values.size());
  std::vector<Tally> tallies(quantized.values.size());
  for (const std::vector<Tensor>& sample : samples) {
    floats.Run(float_context, sample, [&](ValueId id, std::span<const std::byte> bytes) {
      if (!wanted[Index(id)]) return;
      kept[Index(id)].resize(bytes.size() / sizeof(float));
      std::memcpy(kept[Index(id)].data(), bytes.data(), bytes.size());
    });
    integers.Run(integer_context, sample,
                 [&](ValueId id, std::span<const std::byte> bytes) {
                   if (!matches[Index(id)].has_value()) return;
                   AddTensor(kept[Index(*matches[Index(id)])],
                             Reals(quantized[id], bytes), tallies[Index(id)]);
                 });
  }
  return Finished(quantized, matches, tallies);
}

}  // namespace kinglet
