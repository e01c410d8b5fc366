// A waveform in pieces of the length that the network hears.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kinglet {

/// int(rate * seconds) in double, as the Python pipeline computes it.
std::int64_t ChunkSize(std::int64_t rate_hz, double chunk_duration_s);

/// First samples of the chunks of a signal of n samples: 0, step, 2 step, ..., and one
/// that ends with the signal if the last doesn't. A shorter signal is one chunk; an empty
/// one has none. step = int(rate * (chunk - overlap)), overlap at most chunk - 0.1 s.
std::vector<std::int64_t> ChunkStarts(std::int64_t n, std::int64_t rate_hz,
                                      double chunk_duration_s, double overlap_s);

/// Chunk number (chunks / 2) of those without overlap, filled up with zeros behind a
/// signal that is shorter.
/// REQUIRES: samples is not empty.
std::vector<float> CentreChunk(std::span<const float> samples, std::int64_t rate_hz,
                               double chunk_duration_s);

/// Divides by the largest magnitude, unless that is 0.
void NormalizePeak(std::span<float> samples);

}  // namespace kinglet
