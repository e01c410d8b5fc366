// What a model hears: sample rate, chunk, spectrogram and front end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace kinglet {

/// How a chunk of sound becomes the network's input.
enum class Frontend : std::uint8_t {
  kLibrosa,  ///< mel spectrogram, scaled by MagScale; also called "precomputed"
  kHybrid,   ///< linear spectrogram, the mel bands are inside the network
  kRaw,      ///< waveform; also called "tf"
  kMfcc,     ///< cepstral coefficients (not for calibration)
  kLogMel,   ///< log(1 + mel) (not for calibration)
};

/// How the librosa front end scales its magnitudes before they are brought to 0..1.
enum class MagScale : std::uint8_t { kNone, kPwl, kDb, kPcen };

struct AudioConfig {
  std::int64_t sample_rate_hz = 0;
  std::int64_t num_mels = 0;
  std::int64_t spec_width = 0;  ///< frames of a spectrogram
  std::int64_t fft_length = 0;  ///< samples of an FFT
  double chunk_duration_s = 0;
  double max_duration_s = 0;  ///< read of each recording
  std::int64_t num_mfcc = 20;
  Frontend frontend = Frontend::kHybrid;
  MagScale mag_scale = MagScale::kNone;
};

/// The same with every key optional: a file's keys, or the flags that were given.
struct PartialAudioConfig {
  std::optional<std::int64_t> sample_rate_hz;
  std::optional<std::int64_t> num_mels;
  std::optional<std::int64_t> spec_width;
  std::optional<std::int64_t> fft_length;
  std::optional<double> chunk_duration_s;
  std::optional<double> max_duration_s;
  std::optional<std::int64_t> num_mfcc;
  std::optional<Frontend> frontend;
  std::optional<MagScale> mag_scale;
};

/// "librosa" or "precomputed", "hybrid", "raw" or "tf", "mfcc", "log_mel".
/// @throws kUsage for another name.
Frontend ParseFrontend(std::string_view name);
std::string_view NameOf(Frontend frontend);

/// "none", "pwl", "db", "pcen".
/// @throws kUsage for another name.
MagScale ParseMagScale(std::string_view name);

/// The keys sample_rate, num_mels, spec_width, fft_length, chunk_duration, max_duration,
/// n_mfcc, audio_frontend and mag_scale of a training project's JSON; others are ignored.
/// @throws kIo when it can't be read, kCorrupt when it is no JSON object or a key has
/// another type, kUsage for an unknown front end or scaling.
PartialAudioConfig ReadAudioConfig(const std::filesystem::path& path);

/// `first` where it has a key, else `second`.
PartialAudioConfig Overlay(const PartialAudioConfig& first,
                           const PartialAudioConfig& second);

/// All keys that the front end needs, checked. Without max_duration_s, 30 s are read, or
/// five chunks if that is longer; without mag_scale, magnitudes stay as they are.
/// @throws kUsage that names the missing or senseless key and the flag for it.
AudioConfig Complete(const PartialAudioConfig& partial);

}  // namespace kinglet
