#include "audio/chunks.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

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

std::vector<float> CentreChunk(std::span<const float> samples, std::int64_t rate_hz,
                               double chunk_duration_s) {
  Check(!samples.empty(), "a signal with samples");
  const std::vector<std::int64_t> starts = ChunkStarts(
      static_cast<std::int64_t>(samples.size()), rate_hz, chunk_duration_s, 0.0);
  std::vector<float> chunk(ChunkSize(rate_hz, chunk_duration_s));
  if (starts.empty()) return chunk;
  const std::span<const float> from = samples.subspan(starts[starts.size() / 2]);
  std::copy_n(from.begin(), std::min(from.size(), chunk.size()), chunk.begin());
  return chunk;
}

void NormalizePeak(std::span<float> samples) {
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  if (!(peak > 0)) return;
  for (float& sample : samples) sample /= peak;
}

}  // namespace kinglet
