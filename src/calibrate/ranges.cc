#include "calibrate/ranges.h"

#include <algorithm>
#include <limits>

#include "kernels/kernels.h"

namespace kinglet {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();

}  // namespace

Range Union(const Range& a, const Range& b) {
  return {std::min(a.min, b.min), std::max(a.max, b.max)};
}

RangeCollector::RangeCollector(const Graph& graph)
    : graph_(&graph), ranges_(graph.values.size()), not_finite_(graph.values.size()) {}

std::optional<Range> RangeCollector::See(ValueId id, std::span<const std::byte> bytes) {
  if ((*graph_)[id].dtype != DType::kFloat32) return std::nullopt;
  const Extremes seen =
      Kernels().extremes(static_cast<Size>(bytes.size() / sizeof(float)),
                         reinterpret_cast<const float*>(bytes.data()));
  const bool is_infinite = seen.min < -kLargest || seen.max > kLargest;
  if (seen.has_nan || is_infinite) not_finite_[Index(id)] = true;
  if (is_infinite || !(seen.min <= seen.max)) return std::nullopt;
  const Range added{seen.min, seen.max};
  std::optional<Range>& range = ranges_[Index(id)];
  range = Union(range.value_or(added), added);
  return added;
}

void RangeCollector::Merge(const RangeCollector& other) {
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    if (other.not_finite_[i]) not_finite_[i] = true;
    const std::optional<Range>& theirs = other.ranges_[i];
    if (theirs.has_value()) ranges_[i] = Union(ranges_[i].value_or(*theirs), *theirs);
  }
}

std::vector<std::string> RangeCollector::ValuesNotFinite() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < not_finite_.size(); ++i) {
    if (not_finite_[i]) names.push_back(graph_->values[i].name);
  }
  return names;
}

}  // namespace kinglet
