#include "dataset/sample_loader.h"

#include <fmt/format.h>

#include <cmath>

#include "audio/chunks.h"
#include "audio/decode.h"
#include "audio/magnitude.h"
#include "kinglet/error.h"

namespace kinglet {

SampleLoader::SampleLoader(const AudioConfig& config, double snr_threshold)
    : config_(config),
      snr_threshold_(snr_threshold),
      extractor_(config),
      resamplers_(config.sample_rate_hz) {}

/// The chunk in the middle; empty, with the reason in `record`, when there is none.
std::vector<float> SampleLoader::CentreOf(const std::filesystem::path& path,
                                          SampleRecord& record) const {
  const Waveform waveform = DecodeMono(path, config_.max_duration_s);
  if (waveform.samples.empty()) {
    record.reason = "empty";
    record.detail = "the file holds no sample";
    return {};
  }
  if (!std::isfinite(LargestMagnitude(waveform.samples))) {
    record.reason = "not finite";
    record.detail = "a sample is NaN or infinite";
    return {};
  }
  return NormalizedCentreChunk(waveform.samples, resamplers_.From(waveform.rate_hz),
                               config_.sample_rate_hz, config_.chunk_duration_s);
}

LoadedSample SampleLoader::Load(const std::filesystem::path& path) const {
  LoadedSample sample;
  sample.record.name = path.string();
  try {
    const std::vector<float> chunk = CentreOf(path, sample.record);
    if (chunk.empty()) return sample;
    Features features = extractor_.Extract(chunk);
    // In float32, as NumPy compares.
    if (features.loudness < static_cast<float>(snr_threshold_)) {
      sample.record.reason = "silent";
      sample.record.detail =
          fmt::format("loudness {:.4g} below {:.4g}", features.loudness, snr_threshold_);
      return sample;
    }
    sample.tensor = std::move(features.tensor);
    sample.record.used = true;
  } catch (const Error& error) {
    sample.record.reason = "unreadable";
    sample.record.detail = error.what();
  }
  return sample;
}

}  // namespace kinglet
