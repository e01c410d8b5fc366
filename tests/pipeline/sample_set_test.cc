#include "pipeline/sample_set.h"

#include <gmock/gmock.h>

#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;

const fs::path kExampleFolder = KINGLET_SOURCE_DIR "/examples";

AudioConfig ExampleConfig() {
  return Complete(ReadAudioConfig(kExampleFolder / "model_config.json"));
}

DrawnSamples DrawFrom(const fs::path& folder, std::int64_t samples, std::int64_t held_out,
                      std::size_t workers = 2) {
  return DrawSamples(
      {.paths = {folder}, .config = {}, .given = {}}, ExampleConfig(),
      {.num_samples = samples, .held_out = held_out, .hashes = false, .workers = workers},
      nullptr, {});
}

TEST(DrawSamples, HoldsBackWhatDidNotCalibrate) {
  const DrawnSamples drawn = DrawFrom(kExampleFolder / "recordings", 8, 6);
  EXPECT_LE(drawn.calibration.samples.size(), 8U);
  EXPECT_EQ(drawn.held_out.samples.size(), 6U);
  for (const SampleRecord& held : drawn.held_out.records) {
    for (const SampleRecord& used : drawn.calibration.records) {
      EXPECT_NE(held.name, used.name);
    }
  }
}

TEST(DrawSamples, HoldsBackNoCopyOfWhatCalibrated) {
  const TemporaryFolder folder;
  for (const char* name : {"a.wav", "b.wav", "c.wav"}) {
    fs::copy_file(kExampleFolder / "recordings/chirp/morning_1.wav",
                  folder.path() / name);
  }
  fs::copy_file(kExampleFolder / "recordings/rain/roof.wav", folder.path() / "other.wav");
  const DrawnSamples drawn = DrawFrom(folder.path(), 1, 4);
  ASSERT_EQ(drawn.calibration.records.size(), 1U);
  // The one drawn is of a kind of content; only the other kind is left.
  const std::size_t others =
      drawn.calibration.records[0].name.ends_with("other.wav") ? 3 : 1;
  EXPECT_EQ(drawn.held_out.samples.size(), others);
}

TEST(DrawSamples, GivesTheSameSamplesOnAnyNumberOfThreads) {
  const DrawnSamples one = DrawFrom(kExampleFolder / "recordings", 6, 3, 1);
  const DrawnSamples many = DrawFrom(kExampleFolder / "recordings", 6, 3, 5);
  EXPECT_EQ(one.calibration.samples, many.calibration.samples);
  EXPECT_EQ(one.held_out.samples, many.held_out.samples);
}

TEST(DrawSamples, SaysThatNothingIsLeft) {
  try {
    DrawFrom(kExampleFolder / "recordings/silence", 5, 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_THAT(error.what(), testing::HasSubstr("1 silent"));
  }
}

TEST(DrawSamples, EndsSoonWhenAskedToStop) {
  std::stop_source stop;
  int loaded = 0;
  const auto stop_at_first = [&](const char*, std::size_t) {
    ++loaded;
    stop.request_stop();
  };
  DrawSamples({.paths = {kExampleFolder / "recordings"}, .config = {}, .given = {}},
              ExampleConfig(), {.num_samples = 8, .held_out = 4}, stop_at_first,
              stop.get_token());
  EXPECT_EQ(loaded, 1);
}

TEST(Drawing, GivesWhatDrawSamplesGives) {
  const AudioSource source{
      .paths = {kExampleFolder / "recordings"}, .config = {}, .given = {}};
  const DrawRequest request{.num_samples = 6, .held_out = 3, .workers = 2};
  const ProgressListener quiet;
  // The configuration lies beside the model.
  Drawing drawing(source, kExampleFolder / "any.keras", request, quiet);
  EXPECT_EQ(drawing.Take().calibration.samples,
            DrawFrom(kExampleFolder / "recordings", 6, 3).calibration.samples);
  Drawing without_config(source, "/nowhere/any.keras", request, quiet);
  EXPECT_THROW(without_config.Take(), Error);
}

TEST(ResolveAudioConfig, FindsTheConfigurationBesideTheModel) {
  const TemporaryFolder folder;
  fs::copy_file(kExampleFolder / "model_config.json",
                folder.path() / "bird_model_config.json");
  EXPECT_EQ(ResolveAudioConfig({}, folder.path() / "bird.keras").sample_rate_hz, 16000);
  EXPECT_THROW(ResolveAudioConfig({}, folder.path() / "other.keras"), Error);
  AudioSource given;
  given.given.sample_rate_hz = 22050;
  EXPECT_EQ(ResolveAudioConfig(given, folder.path() / "bird.keras").sample_rate_hz,
            22050);
}

}  // namespace
}  // namespace kinglet
