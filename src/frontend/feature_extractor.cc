// Each front end in the order of roundings of the Python pipeline (docs/numerics.md,
// section 2).
#include "frontend/feature_extractor.h"

#include <algorithm>
#include <cmath>

#include "audio/chunks.h"
#include "audio/numpy_sum.h"
#include "base/check.h"
#include "frontend/cepstrum.h"
#include "frontend/magnitude_scaling.h"
#include "kernels/kernels.h"

namespace kinglet {
FeatureExtractor::FeatureExtractor(const AudioConfig& config) : config_(config) {
  if (config.frontend == Frontend::kRaw) return;
  stft_.emplace(config.fft_length);
  if (config.frontend == Frontend::kHybrid) return;
  mel_.emplace(config.sample_rate_hz, config.fft_length, config.num_mels);
}

Shape FeatureExtractor::shape() const {
  switch (config_.frontend) {
    case Frontend::kRaw:
      return {1, ChunkSize(config_.sample_rate_hz, config_.chunk_duration_s), 1};
    case Frontend::kHybrid:
      return {1, config_.fft_length / 2 + 1, config_.spec_width, 1};
    case Frontend::kMfcc:
      return {1, config_.num_mfcc, config_.spec_width, 1};
    case Frontend::kLibrosa:
    case Frontend::kLogMel:
      break;
  }
  return {1, config_.num_mels, config_.spec_width, 1};
}

Features FeatureExtractor::Extract(std::span<const float> chunk) const {
  switch (config_.frontend) {
    case Frontend::kRaw:
      return Raw(chunk);
    case Frontend::kHybrid:
      return Linear(chunk);
    case Frontend::kLogMel:
      return LogMel(chunk);
    case Frontend::kMfcc:
      return Mfcc(chunk);
    case Frontend::kLibrosa:
      break;
  }
  return Mel(chunk);
}

std::int64_t FeatureExtractor::Hop(std::span<const float> chunk) const {
  const std::int64_t hop = static_cast<std::int64_t>(chunk.size()) / config_.spec_width;
  Check(hop > 0, "a chunk of at least as many samples as frames");
  return hop;
}

Features FeatureExtractor::Finish(std::vector<float> values) const {
  const float loudness = NumpyMean(values);
  return {Tensor::Of<float>(shape(), values), loudness};
}

Features FeatureExtractor::Raw(std::span<const float> chunk) const {
  std::vector<float> values(chunk.begin(), chunk.end());
  std::vector<float> squares(values.size());
  float largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares[i] = values[i] * values[i];
    largest = std::max(largest, std::abs(values[i]));
  }
  const auto divisor = static_cast<float>(static_cast<double>(largest) + 1e-6);
  for (float& value : values) value /= divisor;
  return {Tensor::Of<float>(shape(), values), std::sqrt(NumpyMean(squares))};
}

Features FeatureExtractor::Linear(std::span<const float> chunk) const {
  std::vector<float> values = stft_->Magnitudes(chunk, Hop(chunk), config_.spec_width);
  NormalizeToUnit(values);
  // The mean is taken in the order of memory of the Python array: frame by frame.
  const float loudness = NumpyMean(values);
  Tensor tensor(DType::kFloat32, shape());
  const auto bins = static_cast<Size>(stft_->bins());
  Kernels().transpose(config_.spec_width, bins, values.data(), bins,
                      tensor.Data<float>().data(), config_.spec_width);
  return {std::move(tensor), loudness};
}

std::vector<float> FeatureExtractor::MelSpectrogram(std::span<const float> chunk) const {
  return mel_->Apply(stft_->Magnitudes(chunk, Hop(chunk), config_.spec_width));
}

Features FeatureExtractor::Mel(std::span<const float> chunk) const {
  std::vector<float> values = MelSpectrogram(chunk);
  switch (config_.mag_scale) {
    case MagScale::kNone:
      NormalizeToUnit(values);
      break;
    case MagScale::kPwl:
      ScalePwl(values);
      break;
    case MagScale::kDb:
      MagnitudeToDecibels(values);
      NormalizeToUnit(values);
      break;
    case MagScale::kPcen:
      ScalePcen(values, config_.spec_width, config_.sample_rate_hz, Hop(chunk));
      break;
  }
  return Finish(std::move(values));
}

Features FeatureExtractor::LogMel(std::span<const float> chunk) const {
  std::vector<float> values = MelSpectrogram(chunk);
  for (float& value : values) value = std::log1p(value);
  NormalizeToUnit(values);
  return Finish(std::move(values));
}

Features FeatureExtractor::Mfcc(std::span<const float> chunk) const {
  // All frames count for the reference and the floor of the decibels.
  const std::int64_t hop = Hop(chunk);
  const std::int64_t frames = 1 + static_cast<std::int64_t>(chunk.size()) / hop;
  std::vector<float> power = stft_->Magnitudes(chunk, hop, frames);
  for (float& value : power) value *= value;
  std::vector<float> mel = mel_->Apply(power);
  PowerToDecibels(mel);
  std::vector<float> values =
      Cepstrum(mel, config_.num_mels, config_.num_mfcc, config_.spec_width);
  NormalizeToUnit(values);
  return Finish(std::move(values));
}

}  // namespace kinglet
