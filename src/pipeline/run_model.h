// A model file over the samples of an archive.
#pragma once

#include <filesystem>
#include <vector>

#include "base/npz.h"
#include "kinglet/options.h"
#include "pipeline/sample_set.h"
#include "run/executor.h"

namespace kinglet {

struct RunJob {
  std::filesystem::path model = {};
  std::filesystem::path input = {};  ///< .npz, one array [N, ...] an input
  ImportOptions import = {};
  bool all_tensors = false;               ///< every computed tensor besides the outputs
  int threads = 0;                        ///< 0: all cores
  Rounding rounding = Rounding::kDouble;  ///< of integer arithmetic
};

/// Outputs as [N, ...] arrays in the model's order, then, if asked for, all other tensors
/// in the order of their computation, joined along their first axis.
/// @throws kIo, kCorrupt, kUnsupported for the model, kData for the samples.
std::vector<NamedTensor> RunModel(const RunJob& job, const ProgressListener& listener);

}  // namespace kinglet
