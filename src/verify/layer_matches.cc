#include "verify/layer_matches.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace kinglet {
namespace {

using FloatValues = std::map<std::string, ValueId, std::less<>>;

FloatValues FloatValuesByName(const Graph& graph) {
  FloatValues by_name;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (value.constant == nullptr && value.dtype == DType::kFloat32) {
      by_name.emplace(value.name, static_cast<ValueId>(i));
    }
  }
  return by_name;
}

bool IsComparable(const Value& value) {
  return value.constant == nullptr &&
         (value.dtype == DType::kFloat32 || value.dtype == DType::kInt8 ||
          value.dtype == DType::kInt16);
}

std::string_view WithoutCopy(std::string_view name) {
  constexpr std::string_view kCopy = "/copy_";
  const std::size_t end = name.rfind(kCopy);
  const bool is_copy =
      end != std::string_view::npos &&
      name.find_first_not_of("0123456789", end + kCopy.size()) == std::string_view::npos;
  return is_copy ? name.substr(0, end) : name;
}

std::string_view WithoutScaling(std::string_view name) {
  constexpr std::string_view kScaled = "/equalized";
  return name.ends_with(kScaled) ? name.substr(0, name.size() - kScaled.size()) : name;
}

/// What the name of a value of the quantized graph consists of.
struct NameParts {
  FloatValues::const_iterator of;  // the end where nothing has that name
  bool is_copy = false;
  bool is_scaled = false;
};

NameParts PartsOf(const FloatValues& by_name, std::string_view name) {
  if (const auto whole = by_name.find(name); whole != by_name.end()) return {whole};
  const std::string_view result = WithoutCopy(name);
  const std::string_view layer = WithoutScaling(result);
  return {by_name.find(layer), result != name, layer != result};
}

}  // namespace

LayerMatches::LayerMatches(const Graph& reference, const Graph& quantized)
    : matches_(quantized.values.size()), copies_(quantized.values.size()) {
  const FloatValues by_name = FloatValuesByName(reference);
  std::map<ValueId, std::vector<std::size_t>> copies;
  for (std::size_t i = 0; i < quantized.values.size(); ++i) {
    const Value& value = quantized.values[i];
    const NameParts parts = PartsOf(by_name, value.name);
    if (parts.of == by_name.end() || !IsComparable(value)) continue;
    const ValueId layer = parts.of->second;
    if (reference[layer].shape != value.shape) continue;
    matches_[i] = LayerMatch{layer, static_cast<ValueId>(i), parts.is_scaled};
    if (parts.is_copy) copies[layer].push_back(i);
  }
  for (const auto& [layer, places] : copies) {
    for (const std::size_t i : places) {
      matches_[i]->last = static_cast<ValueId>(places.back());
    }
  }
  for (const std::optional<LayerMatch>& match : matches_) {
    if (match.has_value()) ++copies_[Index(match->last)];
  }
}

std::vector<bool> LayerMatches::Wanted(const Graph& reference) const {
  std::vector<bool> wanted(reference.values.size());
  for (const std::optional<LayerMatch>& match : matches_) {
    if (match.has_value()) wanted[Index(match->reference)] = true;
  }
  return wanted;
}

bool LayerMatches::AnyIsScaled() const {
  return std::ranges::any_of(matches_, [](const std::optional<LayerMatch>& match) {
    return match.has_value() && match->is_scaled;
  });
}

}  // namespace kinglet
