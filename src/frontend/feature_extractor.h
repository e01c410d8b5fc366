// A chunk of sound as the network's input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/tensor.h"
#include "frontend/mel_filterbank.h"
#include "frontend/stft.h"
#include "kinglet/audio_config.h"

namespace kinglet {

struct Features {
  Tensor tensor;       ///< float32, [1, ...] as FeatureExtractor::shape()
  float loudness = 0;  ///< what the silence rule of the front end compares
};

/// One front end with its tables. Safe from many threads.
class FeatureExtractor {
 public:
  /// REQUIRES: a config from Complete().
  explicit FeatureExtractor(const AudioConfig& config);

  /// hybrid [1, fft_length / 2 + 1, width, 1]; librosa and log_mel [1, mels, width, 1];
  /// mfcc [1, coefficients, width, 1]; raw [1, samples, 1].
  [[nodiscard]] Shape shape() const;

  /// Values are normalized to 0..1 (raw: divided by the largest one).
  /// loudness is the mean magnitude of the result, for raw the root mean square of the
  /// chunk. REQUIRES: ChunkSize(config) finite samples.
  [[nodiscard]] Features Extract(std::span<const float> chunk) const;

 private:
  [[nodiscard]] Features Raw(std::span<const float> chunk) const;
  [[nodiscard]] Features Linear(std::span<const float> chunk) const;
  [[nodiscard]] Features Mel(std::span<const float> chunk) const;
  [[nodiscard]] Features LogMel(std::span<const float> chunk) const;
  [[nodiscard]] Features Mfcc(std::span<const float> chunk) const;
  [[nodiscard]] std::vector<float> MelSpectrogram(std::span<const float> chunk) const;
  [[nodiscard]] std::int64_t Hop(std::span<const float> chunk) const;
  [[nodiscard]] Features Finish(std::vector<float> values) const;

  AudioConfig config_;
  std::optional<Stft> stft_;
  std::optional<MelFilterbank> mel_;
};

}  // namespace kinglet
