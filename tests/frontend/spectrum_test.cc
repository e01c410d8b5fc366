// Stages of the front ends one by one: window, transform, filters.
#include <gmock/gmock.h>

#include "audio/chunks.h"
#include "frontend/mel_filterbank.h"
#include "frontend/stft.h"
#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

TEST(StftTest, TheWindowIsAPeriodicHann) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    vectors.Expect(Stft(512).window(), "filters/hann_512.f64");
  }
}

TEST(StftTest, FramesAreLibrosas) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    if (!vectors.Has("a44/stft_c64_frames.f32")) continue;
    const auto chunk = vectors.Read<float>("a44/chunk.f32");
    const Stft stft(512);
    std::vector<float> got;
    for (const std::int64_t t : {0, 1, 128, 255}) {
      for (const std::complex<float> bin : stft.Frame(chunk, t * 281)) {
        got.insert(got.end(), {bin.real(), bin.imag()});
      }
    }
    vectors.Expect(got, "a44/stft_c64_frames.f32");
  }
}

TEST(MelFilterbankTest, WeightsAreSlaneys) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    vectors.Expect(MelFilterbank(24000, 512, 64).Dense(), "filters/mel_24000_512_64.f32");
    vectors.Expect(MelFilterbank(22050, 1024, 80).Dense(),
                   "filters/mel_22050_1024_80.f32");
  }
}

TEST(MelFilterbankTest, BandsOfARecordingAreLibrosas) {
  for (const AudioVectors& vectors : AllAudioVectors()) {
    if (!vectors.Has("a44/mel_raw.f32")) continue;
    const auto chunk = vectors.Read<float>("a44/chunk.f32");
    const auto spectra = Stft(512).Magnitudes(chunk, 281, 256);
    vectors.Expect(MelFilterbank(24000, 512, 64).Apply(spectra), "a44/mel_raw.f32");
  }
}

}  // namespace
}  // namespace kinglet
