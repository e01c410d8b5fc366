#include "audio/chunks.h"

#include <algorithm>

#include "audio/magnitude.h"

namespace kinglet {

std::int64_t ChunkSize(std::int64_t rate_hz, double chunk_duration_s) {
  return static_cast<std::int64_t>(static_cast<double>(rate_hz) * chunk_duration_s);
}

std::vector<std::int64_t> ChunkStarts(std::int64_t n, std::int64_t rate_hz,
                                      double chunk_duration_s, double overlap_s) {
  constexpr double kLeastAdvance = 0.1;
  const std::int64_t size = ChunkSize(rate_hz, chunk_duration_s);
  if (n <= 0 || size <= 0) return {};
  if (n <= size) return {0};
  const double overlap =
      std::max(0.0, std::min(overlap_s, chunk_duration_s - kLeastAdvance));
  const std::int64_t step =
      std::max<std::int64_t>(1, ChunkSize(rate_hz, chunk_duration_s - overlap));
  std::vector<std::int64_t> starts;
  for (std::int64_t start = 0; start + size <= n; start += step) starts.push_back(start);
  if (starts.back() + size != n) starts.push_back(n - size);
  return starts;
}

Section CentreChunk(std::int64_t n, std::int64_t rate_hz, double chunk_duration_s) {
  const std::vector<std::int64_t> starts = ChunkStarts(n, rate_hz, chunk_duration_s, 0.0);
  if (starts.empty()) return {};
  const std::int64_t first = starts[starts.size() / 2];
  return {first, std::min(n - first, ChunkSize(rate_hz, chunk_duration_s))};
}

std::vector<float> NormalizedCentreChunk(std::span<const float> samples,
                                         const Resampler& resampler, std::int64_t to_hz,
                                         double chunk_duration_s) {
  const Section centre =
      CentreChunk(resampler.OutputSize(std::ssize(samples)), to_hz, chunk_duration_s);
  std::vector<float> chunk = resampler.Range(samples, centre.first, centre.count);
  const float peak =
      resampler.PeakBeside(samples, centre.first, centre.count, LargestMagnitude(chunk));
  if (peak > 0) {
    for (float& sample : chunk) sample /= peak;
  }
  chunk.resize(ChunkSize(to_hz, chunk_duration_s));
  return chunk;
}

}  // namespace kinglet
