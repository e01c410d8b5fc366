#include "audio/decode.h"

#include <gmock/gmock.h>

#include <limits>

#include "kinglet/error.h"
#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

constexpr double kWhole = 30.0;

TEST(DecodeTest, EverySubtypeAndContainerGivesThePythonSamples) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const Json& entry : vectors.index()["decode"]) {
      if (!entry.contains("expect") || entry["channels"] != 1) continue;
      const std::string file = entry["file"];
      SCOPED_TRACE(file);
      const Waveform got = DecodeMono(vectors.Path(file), kWhole);
      EXPECT_EQ(got.rate_hz, entry["sample_rate"]);
      // The MP3 library picks its decoder by the processor, and they add in different
      // orders: two roundings of samples up to 1.
      const double slack = entry["container"] == "MP3" ? 0x1p-23 : 0;
      vectors.Expect(got.samples, entry["expect"], slack);
    }
  }
}

TEST(DecodeTest, ChannelsAreAveragedInNumpysOrder) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const Json& entry : vectors.index()["decode"]) {
      if (!entry.contains("mono")) continue;
      SCOPED_TRACE(entry["file"].get<std::string>());
      vectors.Expect(DecodeMono(vectors.Path(entry["file"]), kWhole).samples,
                     entry["mono"]);
    }
  }
}

TEST(DecodeTest, JunkIsCorruptAndAFileWithoutSamplesIsEmpty) {
  const AudioVectors vectors = AllAudioVectors().front();
  try {
    (void)DecodeMono(vectors.Path("decode/junk.wav"), kWhole);
    FAIL() << "junk decoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
  }
  EXPECT_TRUE(DecodeMono(vectors.Path("decode/empty.wav"), kWhole).samples.empty());
}

TEST(DecodeTest, AMissingFileIsAnInputError) {
  try {
    (void)DecodeMono("no/such/file.wav", kWhole);
    FAIL() << "decoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
  }
}

TEST(DecodeTest, ReadsNoMoreThanTheDurationAsked) {
  const AudioVectors vectors = AllAudioVectors().front();
  const Waveform half = DecodeMono(vectors.Path("wav/c32.wav"), 0.5);
  EXPECT_EQ(half.samples.size(), 16000);
}

TEST(FramesToReadTest, LosesTheLastFrameWhereDoubleArithmeticDoes) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const Json& entry : vectors.index()["window_arithmetic"]) {
      if (!entry.contains("total_frames")) continue;  // a statistic
      EXPECT_EQ(FramesToRead(entry["total_frames"], entry["sr"], entry["max_duration"]),
                entry["frames_to_read"])
          << entry;
    }
  }
}

}  // namespace
}  // namespace kinglet
