#include "frontend/feature_extractor.h"

#include <gmock/gmock.h>

#include "audio/chunks.h"
#include "audio/decode.h"
#include "audio/resample.h"
#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

AudioConfig StoredConfig(Frontend frontend, MagScale scale = MagScale::kNone) {
  return {.sample_rate_hz = 24000,
          .num_mels = 64,
          .spec_width = 256,
          .fft_length = 512,
          .chunk_duration_s = 3.0,
          .max_duration_s = 30.0,
          .frontend = frontend,
          .mag_scale = scale};
}

AudioConfig OtherConfig(MagScale scale) {
  return {.sample_rate_hz = 22050,
          .num_mels = 80,
          .spec_width = 128,
          .fft_length = 1024,
          .chunk_duration_s = 1.0,
          .max_duration_s = 30.0,
          .frontend = Frontend::kLibrosa,
          .mag_scale = scale};
}

std::vector<float> ValuesOf(const Features& features) {
  const auto values = features.tensor.Data<float>();
  return {values.begin(), values.end()};
}

std::vector<float> ChunkOf(const AudioVectors& vectors, const std::string& name,
                           const AudioConfig& config) {
  const Waveform in = DecodeMono(vectors.Path("wav/" + name + ".wav"), 30.0);
  return NormalizedCentreChunk(in.samples, Resampler(in.rate_hz, config.sample_rate_hz),
                               config.sample_rate_hz, config.chunk_duration_s);
}

struct Case {
  std::string name;
  AudioConfig config;
};

std::vector<Case> Cases() {
  return {{"linear_norm", StoredConfig(Frontend::kHybrid)},
          {"mel_none", StoredConfig(Frontend::kLibrosa)},
          {"mel_pwl", StoredConfig(Frontend::kLibrosa, MagScale::kPwl)},
          {"mel_db", StoredConfig(Frontend::kLibrosa, MagScale::kDb)},
          {"mel_pcen", StoredConfig(Frontend::kLibrosa, MagScale::kPcen)},
          {"log_mel", StoredConfig(Frontend::kLogMel)},
          {"mfcc", StoredConfig(Frontend::kMfcc)}};
}

TEST(FeatureExtractorTest, EveryFrontEndFromTheRecordingOnIsPythons) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const std::string name : {"a44", "b48", "c32"}) {
      if (!vectors.Has("wav/" + name + ".wav")) continue;
      for (const Case& c : Cases()) {
        SCOPED_TRACE(name + " " + c.name);
        const auto chunk = ChunkOf(vectors, name, c.config);
        vectors.Expect(chunk, name + "/chunk.f32");
        vectors.Expect(ValuesOf(FeatureExtractor(c.config).Extract(chunk)),
                       name + "/" + c.name + ".f32");
      }
    }
  }
}

TEST(FeatureExtractorTest, AnotherRateWidthAndTransformArePythons) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    const auto chunk = vectors.Read<float>("alt/chunk.f32");
    for (const auto& [name, scale] :
         {std::pair{"mel_none", MagScale::kNone}, {"mel_db", MagScale::kDb}}) {
      vectors.Expect(ValuesOf(FeatureExtractor(OtherConfig(scale)).Extract(chunk)),
                     std::string("alt/") + name + ".f32");
    }
  }
}

TEST(FeatureExtractorTest, LoudnessIsTheMeanThatTheSilenceRuleTakes) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const auto& [name, about] : vectors.index()["cases"].items()) {
      if (!vectors.Has("wav/" + name + ".wav")) continue;
      for (const Case& c : Cases()) {
        const std::string key = c.name.starts_with("mel_") ? c.name.substr(4)
                                : c.name == "linear_norm"  ? "linear"
                                                           : c.name;
        const auto chunk = ChunkOf(vectors, name, c.config);
        // Summed in float32 here and there; the stored mean in double differs by 1e-8,
        // that of pcen was taken before the cast to float32, that of mfcc has its
        // tolerance.
        EXPECT_NEAR(FeatureExtractor(c.config).Extract(chunk).loudness,
                    about["mean_abs_normalised"][key].get<double>(), 3e-7)
            << name << " " << key;
      }
    }
  }
}

TEST(FeatureExtractorTest, RawIsDividedByItsLargestValueAndMeasuredBefore) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const auto& [name, about] : vectors.index()["cases"].items()) {
      if (!vectors.Has("wav/" + name + ".wav")) continue;
      const AudioConfig config = StoredConfig(Frontend::kRaw);
      const Features got =
          FeatureExtractor(config).Extract(ChunkOf(vectors, name, config));
      EXPECT_EQ(got.tensor.shape(), (Shape{1, 72000, 1}));
      EXPECT_EQ(got.loudness, about["raw_rms"].get<float>()) << name;
      const std::vector<float> first = about["raw_first8"];
      const auto values = ValuesOf(got);
      EXPECT_EQ(std::vector(values.begin(), values.begin() + 8), first) << name;
    }
  }
}

TEST(FeatureExtractorTest, SilenceIsZeroEverywhere) {
  const std::vector<float> silence(72000);
  for (const Case& c : Cases()) {
    const Features got = FeatureExtractor(c.config).Extract(silence);
    EXPECT_THAT(ValuesOf(got), testing::Each(0.0F)) << c.name;
    EXPECT_EQ(got.loudness, 0.0F);
  }
}

TEST(FeatureExtractorTest, ATinyConstantShowsTheEpsilonOfTheNormalization) {
  const std::vector<float> constant(72000, 1e-12F);
  const Features got =
      FeatureExtractor(StoredConfig(Frontend::kHybrid)).Extract(constant);
  // The window's sum is 256, so the largest magnitude is 2.56e-10, and the smallest 0:
  // 2.56e-10 / (2.56e-10 + 1e-10).
  EXPECT_NEAR(std::ranges::max(ValuesOf(got)), 2.56 / 3.56, 1e-6);
}

}  // namespace
}  // namespace kinglet
