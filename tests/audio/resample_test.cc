#include "audio/resample.h"

#include <gmock/gmock.h>

#include <cmath>

#include "audio/decode.h"
#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

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
  // The definition as a double loop over all taps, in float32 and ascending input order.
  const Resampler resampler(32000, 24000);
  const auto& h = resampler.taps();
  const auto half = static_cast<int>(h.size() / 2);
  for (int n = 1; n < 300; ++n) {
    std::vector<float> x(n);
    for (int i = 0; i < n; ++i) x[i] = std::sin(0.37F * static_cast<float>(i * i % 91));
    const std::vector<float> got = resampler.Run(x);
    ASSERT_EQ(got.size(), (n * 3 + 3) / 4);
    for (int k = 0; k < static_cast<int>(got.size()); ++k) {
      float sum = 0;
      for (int p = 0; p < n; ++p) {
        const int tap = half + k * 4 - p * 3;
        if (tap >= 0 && tap <= 2 * half) sum += x[p] * h[tap];
      }
      ASSERT_EQ(got[k], sum) << n << " " << k;
    }
  }
}

TEST(ResamplerTest, AnEqualRateChangesNothing) {
  const std::vector<float> x = {1, 2, 3};
  EXPECT_EQ(Resampler(24000, 24000).Run(x), x);
}

}  // namespace
}  // namespace kinglet
