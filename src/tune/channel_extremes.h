// Minimum and maximum of every channel (index of the last axis) of every float tensor.
#pragma once

#include <vector>

#include "calibrate/ranges.h"
#include "tune/folds.h"

namespace kinglet {

/// By value, by channel; no channel where the value is no computed float tensor with an
/// axis. Zero is in every range.
using ChannelExtremes = std::vector<std::vector<Range>>;

ChannelExtremes CollectChannelExtremes(const Graph& graph, const SampleRefs& samples,
                                       std::size_t workers);

}  // namespace kinglet
