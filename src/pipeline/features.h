// Recordings as arrays: what `convert` would feed the network.
#pragma once

#include <filesystem>
#include <vector>

#include "base/npz.h"
#include "pipeline/sample_set.h"

namespace kinglet {

struct FeaturesJob {
  AudioSource audio;
  std::int64_t num_samples = 0;  ///< drawn at random; 0 for all, in sorted order
  int threads = 0;               ///< 0: all cores
};

struct FeaturesResult {
  std::vector<NamedTensor> arrays;  ///< one, `features` [N, ...]
  std::vector<SampleRecord> records;
};

/// @throws kUsage, kIo, kCorrupt for configuration and paths; kData when no sample is
/// left.
FeaturesResult MakeFeatures(const FeaturesJob& job, const ProgressListener& listener);

}  // namespace kinglet
