// Minimum and maximum of every float tensor over calibration samples.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

struct Range {
  float min = 0;
  float max = 0;
  bool operator==(const Range&) const = default;
};

/// By value id; nothing for constants, integers and what was never computed.
using Ranges = std::vector<std::optional<Range>>;

/// The smallest range that holds both.
Range Union(const Range& a, const Range& b);

/// Gathers ranges while samples run. Not shared between threads: each has its own, and
/// they merge to the same result in any order.
class RangeCollector {
 public:
  explicit RangeCollector(const Graph& graph);

  /// Widens the range of `id` by `bytes`, the elements of a float32 tensor; other types
  /// are left out. NaN is left out, as is a tensor that holds an infinity; both are
  /// remembered. Returns what was added.
  std::optional<Range> See(ValueId id, std::span<const std::byte> bytes);
  void Merge(const RangeCollector& other);

  [[nodiscard]] const Ranges& ranges() const { return ranges_; }
  /// Names of the values in which NaN or infinity was seen, in order.
  [[nodiscard]] std::vector<std::string> ValuesNotFinite() const;

 private:
  const Graph* graph_;
  Ranges ranges_;
  std::vector<bool> not_finite_;
};

}  // namespace kinglet
