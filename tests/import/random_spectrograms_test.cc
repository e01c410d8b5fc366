// Spectrograms by the layers of Keras against sums over the samples of each frame.
#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

/// y[frame,bin] = sum over i of x[frame step + i] kernel[i,0,bin].
Nd FramesTimes(const Nd& kernel, const Nd& x, std::int64_t step) {
  const std::int64_t taps = kernel.shape[0];
  Nd y({(x.shape[0] - taps) / step + 1, kernel.shape[2]});
  for (std::int64_t frame = 0; frame < y.shape[0]; ++frame) {
    for (std::int64_t bin = 0; bin < y.shape[1]; ++bin) {
      for (std::int64_t i = 0; i < taps; ++i) {
        y(frame, bin) += x(frame * step + i, 0) * kernel(i, 0, bin);
      }
    }
  }
  return y;
}

/// The shape of layer.real_kernel in Keras 3.15, by frame_length and fft_length.
struct Stored {
  std::int64_t frame_length;
  json fft_length;
  std::int64_t bins;
};

// len(STFTSpectrogram(mode="real", frame_length=n)(keras.ops.zeros((1, 40, 1)))[0]) is 3
// for n = 20, 7 for 10, 25 for 3.
TEST(RandomSpectrograms, OverlapByHalfInTheNextPowerOfTwoUnlessToldOtherwise) {
  ForSeeds(16, [](Dice& dice) {
    const auto [taps, fft_length, bins] = dice.Of<Stored>(
        {{20, nullptr, 17}, {32, nullptr, 17}, {3, nullptr, 3}, {10, 24, 13}});
    const bool has_step = dice.Coin();
    const std::int64_t step = has_step ? dice.Int(1, taps) : taps / 2;
    const std::string mode = dice.Word({"real", "imag"});
    const Nd x = dice.Numbers({40, 1});
    LayerCase layer{"STFTSpectrogram",
                    {{"mode", mode},
                     {"frame_length", taps},
                     {"frame_step", has_step ? json(step) : json(nullptr)},
                     {"fft_length", fft_length},
                     {"data_format", "channels_last"}},
                    {x}};
    const Nd kernel = dice.Numbers({taps, 1, bins});
    layer.Add(kernel);
    ExpectLayer(layer, FramesTimes(kernel, x, step));
  });
}

TEST(RandomSpectrograms, HaveFramesOf256SamplesUnlessToldOtherwise) {
  Dice dice(1);
  const Nd x = dice.Numbers({600, 1});
  LayerCase layer{"STFTSpectrogram", {{"mode", "real"}}, {x}};
  const Nd kernel = dice.Numbers({256, 1, 129});
  layer.Add(kernel);
  ExpectLayer(layer, FramesTimes(kernel, x, 128));
}

}  // namespace
}  // namespace kinglet
