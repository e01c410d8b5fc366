// Sound files as mono waveforms.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace kinglet {

struct Waveform {
  std::int64_t rate_hz = 0;
  std::vector<float> samples;
};

/// Frames to read of a file with `frames` at `rate_hz`, at most `max_duration_s` seconds:
/// int(min(frames, min(max_duration, frames / rate) * rate)) in double, as the Python
/// pipeline computes it (which loses the last frame of some lengths).
std::int64_t FramesToRead(std::int64_t frames, std::int64_t rate_hz,
                          double max_duration_s);

/// Float32 mean over the channels of one interleaved frame, in NumPy's order.
float ChannelMean(std::span<const float> frame);

/// The first `max_duration_s` seconds of anything libsndfile opens, by content and not by
/// suffix; full scale is 1, channels are averaged. Empty when the file holds no sample.
/// @throws kIo when the file can't be read, kCorrupt when it is no sound file or damaged
/// within what was to be read.
Waveform DecodeMono(const std::filesystem::path& path, double max_duration_s);

}  // namespace kinglet
