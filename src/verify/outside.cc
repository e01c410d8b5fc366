#include "verify/outside.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "kernels/kernels.h"

namespace kinglet {
namespace {

using Limits = std::pair<float, float>;

/// Of a tensor of integers with one scale.
std::optional<Limits> LimitsOf(const Value& value) {
  const bool is_integer = value.dtype == DType::kInt8 || value.dtype == DType::kInt16;
  if (!is_integer || !value.quantization.has_value()) return std::nullopt;
  constexpr double kHalf = 0.5;
  const double lowest = value.dtype == DType::kInt8 ? -128 : -32768;
  const double scale = value.quantization->scales[0];
  const auto zero = static_cast<double>(value.quantization->zero_points[0]);
  return Limits{static_cast<float>(scale * (lowest - kHalf - zero)),
                static_cast<float>(scale * (-lowest - kHalf - zero))};
}

/// An input may be quantized more than once.
std::optional<Limits> Union(const std::optional<Limits>& a,
                            const std::optional<Limits>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() ? a : b;
  return Limits{std::min(a->first, b->first), std::max(a->second, b->second)};
}

}  // namespace

ValueLimits LimitsOf(const Graph& reference, const Graph& quantized) {
  std::map<std::string, const Value*> by_name;
  for (const Value& value : quantized.values) {
    if (value.constant == nullptr) by_name.emplace(value.name, &value);
  }
  ValueLimits limits(reference.values.size());
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const Value& value = reference.values[i];
    const auto found = by_name.find(value.name);
    if (value.constant != nullptr || found == by_name.end()) continue;
    if (found->second->shape == value.shape) limits[i] = LimitsOf(*found->second);
  }
  for (const Node& node : quantized.nodes) {
    for (std::size_t i = 0; i < quantized.inputs.size(); ++i) {
      if (node.inputs[0] != quantized.inputs[i].value) continue;
      auto& limit = limits[Index(reference.inputs[i].value)];
      limit = Union(limit, LimitsOf(quantized[node.outputs[0]]));
    }
  }
  return limits;
}

OutsideCounter::OutsideCounter(const Graph& graph, ValueLimits limits,
                               std::size_t samples)
    : graph_(&graph),
      limits_(std::move(limits)),
      counts_(samples, std::vector<std::size_t>(graph.values.size())) {}

void OutsideCounter::See(std::size_t sample, ValueId id,
                         std::span<const std::byte> bytes) {
  const auto& limits = limits_[Index(id)];
  if (!limits.has_value() || (*graph_)[id].dtype != DType::kFloat32) return;
  const auto [low, high] = *limits;
  const auto size = static_cast<Size>(bytes.size() / sizeof(float));
  const Extremes seen = Kernels().extremes(size, AsFloats(bytes).data());
  if (seen.min >= low && seen.max <= high) return;
  int outside = 0;
  for (const float value : AsFloats(bytes)) {
    outside += static_cast<int>(value < low) | static_cast<int>(value > high);
  }
  counts_[sample][Index(id)] += static_cast<std::size_t>(outside);
}

OutsideRecord OutsideCounter::RecordOf(std::size_t value) const {
  OutsideRecord record{graph_->values[value].name, 0, {}};
  std::size_t outside = 0;
  for (std::size_t s = 0; s < counts_.size(); ++s) {
    outside += counts_[s][value];
    if (counts_[s][value] > 0) record.samples.push_back(s);
  }
  std::ranges::stable_sort(record.samples, std::ranges::greater{},
                           [&](std::size_t s) { return counts_[s][value]; });
  const auto all = static_cast<double>(counts_.size()) *
                   static_cast<double>(ElementCount(graph_->values[value].shape));
  if (outside > 0) record.share = static_cast<double>(outside) / all;
  return record;
}

std::vector<double> OutsideCounter::SharesOfSamples() const {
  double all = 0;
  for (std::size_t value = 0; value < limits_.size(); ++value) {
    if (!limits_[value].has_value()) continue;
    all += static_cast<double>(ElementCount(graph_->values[value].shape));
  }
  std::vector<double> shares;
  for (const std::vector<std::size_t>& counts : counts_) {
    const std::size_t sum = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    shares.push_back(sum > 0 ? static_cast<double>(sum) / all : 0);
  }
  return shares;
}

std::vector<OutsideRecord> OutsideCounter::Found() const {
  std::vector<OutsideRecord> found;
  for (std::size_t value = 0; value < limits_.size(); ++value) {
    OutsideRecord record = RecordOf(value);
    if (record.share > 0) found.push_back(std::move(record));
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &OutsideRecord::share);
  return found;
}

}  // namespace kinglet
