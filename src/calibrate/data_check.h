// What calibration samples leave unsaid about a model.
#pragma once

#include <string>
#include <vector>

#include "calibrate/constant_channels.h"
#include "calibrate/ranges.h"

namespace kinglet {

/// Ranges and what else one pass over the samples can tell.
struct CalibrationCollector {
  explicit CalibrationCollector(const Graph& graph) : ranges(graph), channels(graph) {}

  void See(ValueId id, std::span<const std::byte> bytes) {
    ranges.See(id, bytes);
    channels.See(id, bytes);
  }
  void Merge(const CalibrationCollector& other) {
    ranges.Merge(other.ranges);
    channels.Merge(other.channels);
  }

  RangeCollector ranges;
  ConstantChannels channels;
};

/// A function that bends at zero and met only numbers on one side of it. INT8 has no
/// numbers on the other side then, and makes zero of them.
struct OneSided {
  std::string layer;
  bool is_above = false;  ///< the side that it met
  bool operator==(const OneSided&) const = default;
};

/// Channels of a layer's result that had one value at every place of every sample.
struct ConstantCount {
  std::string layer;
  std::size_t constant = 0;
  std::size_t channels = 0;
  bool operator==(const ConstantCount&) const = default;
};

struct DataFindings {
  std::size_t samples = 0;
  std::size_t distinct_samples = 0;  ///< copies of one count once
  std::vector<OneSided> one_sided;
  std::vector<ConstantCount> constant_channels;
};

/// Clamps at zero whose result is always zero, and functions that vary on both sides
/// whose operand, made by a layer with weights and no clamp, had one sign. In the order
/// of the graph.
std::vector<OneSided> FindOneSided(const Graph& graph, const Ranges& ranges);

/// Layers with any, in the order of the graph.
std::vector<ConstantCount> CountConstantChannels(const Graph& graph,
                                                 const ConstantChannels& channels);

}  // namespace kinglet
