#include "audio/chunks.h"

#include <gmock/gmock.h>

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
      for (std::size_t i = 0; i < entry["starts"].size(); ++i) {
        EXPECT_EQ(starts[i], entry["starts"][i]) << entry;
      }
      EXPECT_EQ(starts.size() > 1 ? starts.size() / 2 : 0, entry["centre_index"]);
    }
  }
}

TEST(ChunksTest, AShortSignalIsFilledUpWithZeros) {
  const std::vector<float> samples = {1, 2, 3};
  EXPECT_THAT(CentreChunk(samples, 5, 1.0), testing::ElementsAre(1, 2, 3, 0, 0));
}

TEST(ChunksTest, OfTwoChunksTheLaterIsTakenAndEndsWithTheSignal) {
  const std::vector<float> samples = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_THAT(CentreChunk(samples, 5, 1.0), testing::ElementsAre(3, 4, 5, 6, 7));
}

TEST(NormalizePeakTest, DividesByTheLargestMagnitude) {
  std::vector<float> samples = {0.25F, -0.5F};
  NormalizePeak(samples);
  EXPECT_THAT(samples, testing::ElementsAre(0.5F, -1.0F));
}

TEST(NormalizePeakTest, SilenceStaysSilence) {
  std::vector<float> samples = {0, 0};
  NormalizePeak(samples);
  EXPECT_THAT(samples, testing::ElementsAre(0, 0));
}

}  // namespace
}  // namespace kinglet
