#include "kinglet/audio_config.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "kinglet/error.h"

namespace kinglet {
namespace {

using testing::HasSubstr;

PartialAudioConfig ReadText(const std::string& text) {
  const auto path = std::filesystem::path(testing::TempDir()) / "audio_config_test.json";
  std::ofstream(path) << text;
  return ReadAudioConfig(path);
}

/// The message of the error that `body` throws, which must be of `kind`.
template <typename Body>
std::string ErrorOf(ErrorKind kind, Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

constexpr const char* kWhole =
    R"({"sample_rate": 24000, "num_mels": 64, "spec_width": 256, "fft_length": 512,
        "chunk_duration": 3, "audio_frontend": "hybrid", "mag_scale": "pwl",
        "class_names": ["a"]})";

TEST(AudioConfigTest, ReadsATrainingProjectsKeys) {
  const AudioConfig config = Complete(ReadText(kWhole));
  EXPECT_EQ(config.sample_rate_hz, 24000);
  EXPECT_EQ(config.fft_length, 512);
  EXPECT_EQ(config.chunk_duration_s, 3.0);
  EXPECT_EQ(config.max_duration_s, 30.0);
  EXPECT_EQ(config.frontend, Frontend::kHybrid);
  EXPECT_EQ(config.mag_scale, MagScale::kPwl);
}

TEST(AudioConfigTest, LongChunksReadFiveOfThem) {
  PartialAudioConfig partial = ReadText(kWhole);
  partial.chunk_duration_s = 10.0;
  EXPECT_EQ(Complete(partial).max_duration_s, 50.0);
}

TEST(AudioConfigTest, OtherSpellingsNameTheSameFrontEnds) {
  EXPECT_EQ(ParseFrontend("precomputed"), Frontend::kLibrosa);
  EXPECT_EQ(ParseFrontend("tf"), Frontend::kRaw);
}

TEST(AudioConfigTest, AMissingKeyIsNamedWithItsFlag) {
  PartialAudioConfig partial = ReadText(kWhole);
  partial.fft_length.reset();
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { (void)Complete(partial); }),
              AllOf(HasSubstr("'fft_length'"), HasSubstr("--fft-length")));
}

TEST(AudioConfigTest, SenselessNumbersAreRefused) {
  PartialAudioConfig partial = ReadText(kWhole);
  partial.spec_width = 0;
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { (void)Complete(partial); }),
              HasSubstr("spec_width is 0"));
  partial.spec_width = 100000;
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { (void)Complete(partial); }),
              HasSubstr("72000 samples"));
}

TEST(AudioConfigTest, NumbersBeyondAllReasonAreRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"sample_rate", "99999999999"}, {"num_mels", "99999999"},
      {"spec_width", "99999999999"},  {"fft_length", "100000000"},
      {"chunk_duration", "1e308"},    {"max_duration", "1e308"},
      {"n_mfcc", "2147483648"}};
  for (const auto& [key, value] : cases) {
    auto partial =
        Overlay(ReadText(fmt::format(R"({{"{}": {}}})", key, value)), ReadText(kWhole));
    partial.frontend = Frontend::kMfcc;
    EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { (void)Complete(partial); }),
                AllOf(HasSubstr(fmt::format("{} is ", key)), HasSubstr("at most")));
  }
}

TEST(AudioConfigTest, UnknownNamesListTheKnownOnes) {
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [] { (void)ParseFrontend("fft"); }),
              AllOf(HasSubstr("'fft'"), HasSubstr("hybrid")));
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [] { (void)ParseMagScale("log"); }),
              AllOf(HasSubstr("'log'"), HasSubstr("pcen")));
}

TEST(AudioConfigTest, WhatIsNoConfigurationIsCorrupt) {
  EXPECT_THAT(ErrorOf(ErrorKind::kCorrupt, [] { (void)ReadText("{"); }),
              HasSubstr("no JSON"));
  EXPECT_THAT(ErrorOf(ErrorKind::kCorrupt, [] { (void)ReadText("[1]"); }),
              HasSubstr("no JSON object"));
  EXPECT_THAT(
      ErrorOf(ErrorKind::kCorrupt, [] { (void)ReadText(R"({"num_mels": "x"})"); }),
      HasSubstr("'num_mels' is not a number"));
}

TEST(AudioConfigTest, FlagsWinOverTheFile) {
  const PartialAudioConfig flags{.num_mels = 40};
  const PartialAudioConfig both = Overlay(flags, ReadText(kWhole));
  EXPECT_EQ(both.num_mels, 40);
  EXPECT_EQ(both.spec_width, 256);
}

}  // namespace
}  // namespace kinglet
