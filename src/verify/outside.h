// Values that lie outside the ranges for which a graph was quantized.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// By value of the float graph: the lowest and the highest number that it is meant to
/// have; nothing where that isn't known.
using ValueLimits = std::vector<std::optional<std::pair<float, float>>>;

/// What the integers of `quantized` can hold of the values of the same name and shape in
/// `reference`, half a step at each end included, and of its inputs. REQUIRES: inputs of
/// both in the same order.
ValueLimits LimitsOf(const Graph& reference, const Graph& quantized);

/// A tensor some of whose values lie outside.
struct OutsideRecord {
  std::string tensor;
  double share = 0;                  ///< of its values over all samples
  std::vector<std::size_t> samples;  ///< that hold any, those with most first
};

/// Counts while a float graph runs. Different samples may be seen from different threads.
class OutsideCounter {
 public:
  OutsideCounter(const Graph& graph, ValueLimits limits, std::size_t samples);

  void See(std::size_t sample, ValueId id, std::span<const std::byte> bytes);

  /// Tensors with any, largest share first.
  [[nodiscard]] std::vector<OutsideRecord> Found() const;
  /// By sample: the share of all its values that have limits.
  [[nodiscard]] std::vector<double> SharesOfSamples() const;

 private:
  [[nodiscard]] OutsideRecord RecordOf(std::size_t value) const;

  const Graph* graph_;
  ValueLimits limits_;
  std::vector<std::vector<std::size_t>> counts_;  // by sample and value
};

}  // namespace kinglet
