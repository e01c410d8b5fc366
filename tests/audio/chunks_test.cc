#include "audio/chunks.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "audio/magnitude.h"
#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

TEST(ChunksTest, SizesAreThoseOfDoubleArithmetic) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const Json& entry : vectors.index()["chunk_size_sr_duration_samples"]) {
      EXPECT_EQ(ChunkSize(entry[0], entry[1]), entry[2]) << entry;
    }
  }
}

TEST(ChunksTest, StartsAndTheOneInTheMiddleAreThePythonOnes) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const Json& entry : vectors.index()["split"]) {
      const std::vector<std::int64_t> starts =
          ChunkStarts(entry["n"], entry["sr"], entry["chunk_duration"], entry["overlap"]);
      ASSERT_EQ(starts.size(), entry["n_chunks"]) << entry;
      // The middle of a long list is left out: what follows it counts from the end.
      std::size_t from_front = 0;
      for (std::size_t i = 0; i < entry["starts"].size(); ++i) {
        if (entry["starts"][i].is_string()) {
          from_front = starts.size() - entry["starts"].size();
          continue;
        }
        EXPECT_EQ(starts[from_front + i], entry["starts"][i]) << entry;
      }
      EXPECT_EQ(starts.size() > 1 ? starts.size() / 2 : 0, entry["centre_index"]);
    }
  }
}

TEST(ChunksTest, OfTwoChunksTheLaterIsTakenAndEndsWithTheSignal) {
  const Section centre = CentreChunk(7, 5, 1.0);
  EXPECT_EQ(centre.first, 2);
  EXPECT_EQ(centre.count, 5);
}

std::vector<float> CentreAtFiveHz(const std::vector<float>& samples) {
  return NormalizedCentreChunk(samples, Resampler(5, 5), 5, 1.0);
}

TEST(NormalizedCentreChunkTest, AShortSignalIsFilledUpWithZeros) {
  EXPECT_THAT(CentreAtFiveHz({1, 2, -4}), testing::ElementsAre(0.25F, 0.5F, -1, 0, 0));
}

TEST(NormalizedCentreChunkTest, ThePeakIsThatOfTheWholeSignal) {
  EXPECT_THAT(CentreAtFiveHz({-8, 2, 3, 4, 5, 6, 7}),
              testing::ElementsAre(0.375F, 0.5F, 0.625F, 0.75F, 0.875F));
}

TEST(NormalizedCentreChunkTest, SilenceStaysSilence) {
  EXPECT_THAT(CentreAtFiveHz({0, 0}), testing::ElementsAre(0, 0, 0, 0, 0));
}

TEST(NormalizedCentreChunkTest, ResamplesWhatItReturns) {
  const Resampler resampler(44100, 24000);
  std::vector<float> samples(20000);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(i * 2654435761U % 997U) / 997.0F * (i < 900 ? 2 : 1);
  }
  std::vector<float> all = resampler.Run(samples);
  const float peak = std::ranges::max(all);
  for (float& sample : all) sample /= peak;
  const Section centre = CentreChunk(std::ssize(all), 24000, 0.1);
  const std::vector<float> chunk(all.begin() + centre.first,
                                 all.begin() + centre.first + centre.count);
  EXPECT_EQ(NormalizedCentreChunk(samples, resampler, 24000, 0.1), chunk);
}

TEST(LargestMagnitudeTest, IsNotFiniteWhenASampleIsNot) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(LargestMagnitude(std::vector<float>{1, -3, 2}), 3);
  EXPECT_EQ(LargestMagnitude({}), 0);
  EXPECT_EQ(LargestMagnitude(std::vector<float>{1, -kInfinity, 2}), kInfinity);
  EXPECT_TRUE(std::isnan(LargestMagnitude(std::vector<float>{1, -std::nanf(""), 2})));
}

}  // namespace
}  // namespace kinglet
