// Milliseconds for what becomes of a decoded recording: three seconds and thirty of noise
// with a loud call in the middle at common sample rates, resampled to 22050 Hz.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "audio/chunks.h"
#include "audio/resample.h"
#include "frontend/feature_extractor.h"

namespace kinglet {
namespace {

constexpr std::int64_t kRate = 22050;
constexpr double kChunkSeconds = 3.0;

std::vector<float> Recording(std::int64_t rate_hz, std::int64_t seconds) {
  std::vector<float> samples(rate_hz * seconds);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    float sum = 0;  // of six uniform numbers: near enough to normal
    for (int k = 0; k < 6; ++k) {
      state = state * 1664525U + 1013904223U;
      sum += static_cast<float>(state >> 8U) / 8388608.0F - 1.0F;
    }
    const double place = static_cast<double>(i) / static_cast<double>(samples.size());
    const double call = std::exp(-2000 * (place - 0.5) * (place - 0.5));
    samples[i] = 0.02F * sum +
                 static_cast<float>(0.3 * call * std::sin(0.5 * static_cast<double>(i)));
  }
  return samples;
}

void CentreChunkOf(benchmark::State& state) {
  const std::vector<float> samples = Recording(state.range(0), state.range(1));
  const Resampler resampler(state.range(0), kRate);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        NormalizedCentreChunk(samples, resampler, kRate, kChunkSeconds));
  }
}
BENCHMARK(CentreChunkOf)
    ->ArgNames({"hz", "seconds"})
    ->ArgsProduct({{22050, 24000, 32000, 44100, 48000}, {3, 30}})
    ->Unit(benchmark::kMicrosecond);

void FeaturesOf(benchmark::State& state, Frontend frontend) {
  const std::vector<float> chunk = Recording(kRate, 3);
  const FeatureExtractor extractor({.sample_rate_hz = kRate,
                                    .num_mels = 64,
                                    .spec_width = 256,
                                    .fft_length = 512,
                                    .chunk_duration_s = kChunkSeconds,
                                    .frontend = frontend});
  for (auto _ : state) benchmark::DoNotOptimize(extractor.Extract(chunk));
}
BENCHMARK_CAPTURE(FeaturesOf, hybrid, Frontend::kHybrid)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(FeaturesOf, librosa, Frontend::kLibrosa)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace kinglet
