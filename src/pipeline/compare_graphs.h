// Two graphs of one model over the same samples.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/npz.h"
#include "ir/graph.h"
#include "pipeline/sample_set.h"
#include "verify/comparison.h"

namespace kinglet {

/// Sees every tensor of every sample, from any thread.
using SampleObserver =
    std::function<void(std::size_t sample, ValueId id, std::span<const std::byte> bytes)>;

/// All outputs of each sample, flattened and joined. Integer outputs are dequantized.
/// `on_sample` is told of each sample that is done, from any thread.
std::vector<OutputVector> OutputVectors(const Graph& graph,
                                        std::span<const Sample> samples,
                                        std::size_t workers,
                                        const std::function<void()>& on_sample = nullptr,
                                        const SampleObserver& observer = nullptr);

/// For a test on the board: the float inputs under their names; where the graph quantizes
/// an input or dequantizes an output, those integers too, as NAME/int8 and OUTPUT/int8.
std::vector<NamedTensor> GoldenArrays(const Graph& graph, std::span<const Sample> samples,
                                      std::size_t workers);

}  // namespace kinglet
