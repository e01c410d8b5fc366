#include "audio/resample.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "audio/decode.h"
#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

/// The definition as a loop over all taps, in float32 and ascending order of input.
std::vector<float> Defined(const Resampler& resampler, std::int64_t from, std::int64_t to,
                           const std::vector<float>& x) {
  if (from == to) return x;
  const std::int64_t common = std::gcd(from, to);
  const std::int64_t up = to / common;
  const std::int64_t down = from / common;
  const auto& h = resampler.taps();
  const auto n = std::ssize(x);
  std::vector<float> y((n * up + down - 1) / down);
  for (std::int64_t k = 0; k < std::ssize(y); ++k) {
    const std::int64_t reach = std::ssize(h) / up + 1;
    const std::int64_t centre = k * down / up;
    for (std::int64_t p = std::max<std::int64_t>(0, centre - reach);
         p < std::min(n, centre + reach); ++p) {
      const std::int64_t tap = std::ssize(h) / 2 + k * down - p * up;
      if (tap >= 0 && tap < std::ssize(h)) y[k] += x[p] * h[tap];
    }
  }
  return y;
}

std::vector<float> Signal(int n, const std::function<float(int)>& at) {
  std::vector<float> x(n);
  for (int i = 0; i < n; ++i) x[i] = at(i);
  return x;
}

float Noise(int i) {
  return static_cast<float>(static_cast<unsigned>(i) * 2654435761U % 2001U) / 1000.0F - 1;
}

std::int64_t LoudestOf(const std::vector<float>& y) {
  const auto quieter = [](float a, float b) { return std::abs(a) < std::abs(b); };
  return std::ranges::max_element(y, quieter) - y.begin();
}

float PeakOf(const std::vector<float>& y) {
  return y.empty() ? 0 : std::abs(y[LoudestOf(y)]);
}

TEST(ResamplerTest, TapsAndOutputsOfEveryRatioAreScipys) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const Json& entry : vectors.index()["resample"]) {
      const std::string tag = entry["tag"];
      if (!vectors.Has("resample/in_" + tag + ".f32")) continue;
      SCOPED_TRACE(tag);
      const Resampler resampler(entry["sr_in"], entry["sr_out"]);
      vectors.Expect(resampler.taps(), "resample/taps_" + tag + ".f32");
      const auto samples = vectors.Read<float>("resample/in_" + tag + ".f32");
      vectors.Expect(resampler.Run(samples), "resample/out_" + tag + ".f32");
    }
  }
}

TEST(ResamplerTest, SignalsOfAFewSamplesAreScipys) {
  const AudioVectors vectors = AllAudioVectors().front();
  const Resampler resampler(44100, 24000);
  for (const Json& entry : vectors.index()["resample_tiny_44100_24000"]) {
    const std::vector<float> x = entry["x"];
    EXPECT_EQ(resampler.Run(x), entry["y"].get<std::vector<float>>()) << entry;
  }
}

TEST(ResamplerTest, WholeRecordingsAreScipys) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const std::string name : {"a44", "b48", "c32"}) {
      if (!vectors.Has("wav/" + name + ".wav")) continue;
      const Waveform in = DecodeMono(vectors.Path("wav/" + name + ".wav"), 30.0);
      vectors.Expect(Resampler(in.rate_hz, 24000).Run(in.samples),
                     name + "/resampled.f32");
    }
  }
}

TEST(ResamplerTest, EveryLengthEqualsTheDefinition) {
  const Resampler resampler(32000, 24000);
  for (int n = 1; n < 300; ++n) {
    const std::vector<float> x = Signal(n, [](int i) { return Noise(i); });
    ASSERT_EQ(resampler.Run(x), Defined(resampler, 32000, 24000, x)) << n;
  }
}

struct Rates {
  std::int64_t from;
  std::int64_t to;
};

/// Whole, twice and half, coprime, up and down, far down, and many phases.
constexpr Rates kRates[] = {{22050, 22050},  {44100, 22050}, {48000, 24000},
                            {24000, 48000},  {24000, 22050}, {32000, 22050},
                            {44100, 24000},  {8000, 22050},  {22050, 16000},
                            {192000, 22050}, {48000, 44099}};

const std::map<std::string, std::function<float(int)>> kSignals = {
    {"silence", [](int) { return 0.0F; }},
    {"constant", [](int) { return -0.75F; }},
    {"noise", Noise},
    {"tone", [](int i) { return std::sin(0.9F * static_cast<float>(i)); }},
    {"highest tone", [](int i) { return i % 2 == 0 ? 1.0F : -1.0F; }},
    {"clicks", [](int i) { return i % 517 == 300 ? -1.0F : 0.0F; }},
    {"louder and louder", [](int i) { return Noise(i) * static_cast<float>(i) / 4e3F; }},
    {"an early clap", [](int i) { return Noise(i) * (i / 40 == 7 ? 1.0F : 0.01F); }},
    {"all but nothing", [](int i) { return Noise(i) * 1e-38F; }},
};

TEST(ResamplerTest, PartsAndPeaksAreThoseOfTheWholeOutput) {
  for (const auto& [from, to] : kRates) {
    const Resampler resampler(from, to);
    for (const auto& [name, signal] : kSignals) {
      for (const int size : {1, 20, 4000}) {
        SCOPED_TRACE(name + " " + std::to_string(from) + " " + std::to_string(to));
        const std::vector<float> x = Signal(size, signal);
        const std::vector<float> y = Defined(resampler, from, to, x);
        const std::int64_t n = std::ssize(y);
        const std::int64_t loudest = LoudestOf(y);
        // With the loudest output just before and just behind the part that is known.
        for (std::int64_t first : {n / 3, n - n / 4, loudest + 1, loudest - n / 4}) {
          first = std::clamp<std::int64_t>(first, 0, n);
          const std::int64_t count = std::min(n / 4, n - first);
          const std::vector<float> part(y.begin() + first, y.begin() + first + count);
          ASSERT_EQ(resampler.Range(x, first, count), part);
          ASSERT_EQ(resampler.PeakBeside(x, first, count, PeakOf(part)), PeakOf(y));
        }
      }
    }
  }
}

/// An output as loud as samples of at most 1 can make it, behind a constant that is
/// louder than 1 and, overshooting at its ends, makes outputs a little quieter.
std::vector<float> LoudestPossible(const Resampler& resampler, std::int64_t up,
                                   std::int64_t down) {
  const auto& h = resampler.taps();
  const auto sum_from = [&](std::int64_t tap) {
    float sum = 0;
    for (; tap < std::ssize(h); tap += up) sum += std::abs(h[tap]);
    return sum;
  };
  std::int64_t best = 0;  // the phase, as the tap of the last sample
  for (std::int64_t i = 1; i < up; ++i) {
    if (sum_from(i) > sum_from(best)) best = i;
  }
  // Some output has it: k down = best - H + p up for an integer p around 3000.
  std::int64_t k = 3000 * up / down;
  const std::int64_t half = std::ssize(h) / 2;
  while ((half + k * down - best) % up != 0) ++k;
  std::vector<float> x = Signal(4000 + 40 * static_cast<int>(down / up), [&](int i) {
    return i < 1000 ? 0.9F * sum_from(best) : 0.0F;
  });
  for (std::int64_t tap = best; tap < std::ssize(h); tap += up) {
    x.at((half + k * down - tap) / up) = h[tap] < 0 ? -1.0F : 1.0F;
  }
  return x;
}

TEST(ResamplerTest, NoOutputIsLouderThanItsBound) {
  for (const auto& [from, to] : kRates) {
    if (from == to || to == 44099) continue;  // there few outputs have the phase
    SCOPED_TRACE(std::to_string(from) + " " + std::to_string(to));
    const Resampler resampler(from, to);
    const std::int64_t common = std::gcd(from, to);
    const auto x = LoudestPossible(resampler, to / common, from / common);
    const float peak = PeakOf(Defined(resampler, from, to, x));
    ASSERT_EQ(resampler.PeakBeside(x, 0, 0, 0), peak);
  }
}

TEST(ResamplerTest, AnEqualRateChangesNothing) {
  const std::vector<float> x = {1, 2, 3};
  EXPECT_EQ(Resampler(24000, 24000).Run(x), x);
}

}  // namespace
}  // namespace kinglet
