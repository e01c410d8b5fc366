// How far a candidate's outputs are from the float model's, sample by sample.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"
#include "tune/folds.h"

namespace kinglet {

/// All float outputs of one sample, flattened and joined.
using Outputs = std::vector<float>;

std::vector<Outputs> OutputsOf(const Graph& graph, const SampleRefs& samples,
                               std::size_t workers);

/// Two ways to weigh a sample's squared error: as it is, and against the sample's own
/// power, as cosine similarity does.
struct SampleError {
  double squared = 0;   ///< mean over the elements
  double relative = 0;  ///< squared / (mean square of the reference + a hundredth of the
                        ///< mean over samples)
};

std::vector<SampleError> ErrorsOf(std::span<const Outputs> reference,
                                  std::span<const Outputs> candidate);

}  // namespace kinglet
