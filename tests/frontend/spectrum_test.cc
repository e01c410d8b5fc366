// Stages of the front ends one by one: window, transform, filters.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "audio/chunks.h"
#include "frontend/mel_filterbank.h"
#include "frontend/stft.h"
#include "kernels/kernels.h"
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
    std::vector<float> padded(256);
    padded.insert(padded.end(), chunk.begin(), chunk.end());
    padded.resize(padded.size() + 256);
    const float* from = padded.data();
    std::array<const float*, RealFourier::kFrames> frames{
        from, from + 281, from + 128 * 281, from + 255 * 281};
    std::fill(frames.begin() + 4, frames.end(), from);
    std::vector<float> re(frames.size() * 257);
    std::vector<float> im(frames.size() * 257);
    Kernels().real_fourier(512)->Run(frames.data(), Stft(512).window().data(), re.data(),
                                     im.data());
    std::vector<float> got;
    for (std::size_t i = 0; i < 4 * 257; ++i) got.insert(got.end(), {re[i], im[i]});
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
