// One recording as the network's input, or why not.
#pragma once

#include <filesystem>
#include <optional>

#include "audio/resample.h"
#include "base/tensor.h"
#include "frontend/feature_extractor.h"
#include "kinglet/audio_config.h"
#include "kinglet/sample_record.h"

namespace kinglet {

struct LoadedSample {
  SampleRecord record;
  std::optional<Tensor> tensor;  ///< nothing unless record.used
};

/// Whatever is wrong with a recording becomes a reason, never an exception: "unreadable",
/// "empty", "not finite", "silent". Safe from many threads.
class SampleLoader {
 public:
  /// REQUIRES: a config from Complete().
  SampleLoader(const AudioConfig& config, double snr_threshold);

  [[nodiscard]] Shape shape() const { return extractor_.shape(); }
  [[nodiscard]] LoadedSample Load(const std::filesystem::path& path) const;

 private:
  [[nodiscard]] std::vector<float> CentreOf(const std::filesystem::path& path,
                                            SampleRecord& record) const;

  AudioConfig config_;
  double snr_threshold_;
  FeatureExtractor extractor_;
  mutable Resamplers resamplers_;
};

}  // namespace kinglet
