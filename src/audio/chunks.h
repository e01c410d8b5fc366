// A waveform in pieces of the length that the network hears.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audio/resample.h"

namespace kinglet {

/// int(rate * seconds) in double, as the Python pipeline computes it.
std::int64_t ChunkSize(std::int64_t rate_hz, double chunk_duration_s);

/// First samples of the chunks of a signal of n samples: 0, step, 2 step, ..., and one
/// that ends with the signal if the last doesn't. A shorter signal is one chunk; an empty
/// one has none. step = int(rate * (chunk - overlap)), overlap at most chunk - 0.1 s.
std::vector<std::int64_t> ChunkStarts(std::int64_t n, std::int64_t rate_hz,
                                      double chunk_duration_s, double overlap_s);

/// A part of a signal.
struct Section {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// Where chunk number (chunks / 2) of those without overlap lies in a signal of n
/// samples.
Section CentreChunk(std::int64_t n, std::int64_t rate_hz, double chunk_duration_s);

/// The chunk in the middle of a recording, resampled to `to_hz` and divided by the peak
/// of the whole resampled recording, unless that is 0; filled up with zeros behind a
/// recording that is shorter.
/// REQUIRES: a resampler to `to_hz`; samples are finite.
std::vector<float> NormalizedCentreChunk(std::span<const float> samples,
                                         const Resampler& resampler, std::int64_t to_hz,
                                         double chunk_duration_s);

}  // namespace kinglet
