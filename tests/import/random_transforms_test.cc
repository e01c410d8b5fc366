// Fourier transforms of keras.ops against their sums.
#include <complex>
#include <numbers>

#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;
using Signal = std::vector<std::complex<double>>;

/// Bins of exp(-2 pi i k t / n), or with sign 1 the sums of the inverse.
Signal Transformed(const Signal& x, double sign = -1) {
  Signal bins(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    for (std::size_t t = 0; t < x.size(); ++t) {
      const double turn = sign * 2 * std::numbers::pi * static_cast<double>(k * t) /
                          static_cast<double>(x.size());
      bins[k] += x[t] * std::polar(1.0, turn);
    }
  }
  return bins;
}

/// A row of a matrix, cut or filled up to `size`.
Signal RowOf(const Nd& x, std::int64_t row, std::int64_t size, const Nd* imaginary) {
  Signal signal(static_cast<std::size_t>(size));
  for (std::int64_t t = 0; t < std::min(size, x.shape[1]); ++t) {
    signal[static_cast<std::size_t>(t)] = {
        x(row, t), imaginary == nullptr ? 0.0 : (*imaginary)(row, t)};
  }
  return signal;
}

double PartOf(const std::complex<double>& number, bool is_imaginary) {
  return is_imaginary ? number.imag() : number.real();
}

TEST(RandomTransforms, OfRealSignals) {
  ForSeeds(24, [](Dice& dice) {
    const Nd x = dice.Numbers({dice.Int(1, 3), dice.Int(1, 9)});
    const bool has_length = dice.Coin();
    const std::int64_t size = has_length ? dice.Int(1, 12) : x.shape[1];
    LayerCase call =
        FunctionOf("RFFT", {{"fft_length", has_length ? json(size) : json(nullptr)}}, x);
    call.result = dice.Coin() ? 1 : 0;
    Nd y({x.shape[0], size / 2 + 1});
    for (std::int64_t row = 0; row < x.shape[0]; ++row) {
      const Signal bins = Transformed(RowOf(x, row, size, nullptr));
      for (std::int64_t k = 0; k <= size / 2; ++k) {
        y(row, k) = PartOf(bins[static_cast<std::size_t>(k)], call.result == 1);
      }
    }
    ExpectLayer(call, y);
  });
}

TEST(RandomTransforms, OfComplexSignals) {
  ForSeeds(16, [](Dice& dice) {
    const Nd real = dice.Numbers({dice.Int(1, 3), dice.Int(1, 9)});
    const Nd imaginary = dice.Numbers(real.shape);
    LayerCase call{"FFT", json::object(), {real, imaginary}};
    call.is_function = true;
    call.result = dice.Coin() ? 1 : 0;
    Nd y(real.shape);
    for (std::int64_t row = 0; row < real.shape[0]; ++row) {
      const Signal bins = Transformed(RowOf(real, row, real.shape[1], &imaginary));
      for (std::int64_t k = 0; k < real.shape[1]; ++k) {
        y(row, k) = PartOf(bins[static_cast<std::size_t>(k)], call.result == 1);
      }
    }
    ExpectLayer(call, y);
  });
}

TEST(RandomTransforms, BackToRealSignals) {
  ForSeeds(24, [](Dice& dice) {
    const Nd real = dice.Numbers({dice.Int(1, 3), dice.Int(2, 6)});
    const Nd imaginary = dice.Numbers(real.shape);
    const bool has_length = dice.Coin();
    const std::int64_t size = has_length ? dice.Int(1, 14) : 2 * (real.shape[1] - 1);
    LayerCase call{"IRFFT",
                   {{"fft_length", has_length ? json(size) : json(nullptr)}},
                   {real, imaginary}};
    call.is_function = true;
    Nd y({real.shape[0], size});
    for (std::int64_t row = 0; row < real.shape[0]; ++row) {
      Signal half = RowOf(real, row, size / 2 + 1, &imaginary);
      half[0] = half[0].real();
      if (size % 2 == 0) half.back() = half.back().real();
      Signal whole(static_cast<std::size_t>(size));
      for (std::size_t k = 0; k < half.size(); ++k) {
        whole[k] = half[k];
        if (k > 0) whole[whole.size() - k] = std::conj(half[k]);
      }
      const Signal sums = Transformed(whole, 1);
      for (std::int64_t t = 0; t < size; ++t) {
        y(row, t) = sums[static_cast<std::size_t>(t)].real() / static_cast<double>(size);
      }
    }
    ExpectLayer(call, y);
  });
}

/// tf.signal.hann_window and hamming_window with periodic=True.
double WindowAt(const std::string& name, std::int64_t i, std::int64_t length) {
  if (length == 1) return 1;
  const double offset = name == "hann" ? 0.5 : 0.54;
  const auto period = static_cast<double>(length - length % 2);
  return offset -
         (1 - offset) * std::cos(2 * std::numbers::pi * static_cast<double>(i) / period);
}

TEST(RandomTransforms, OfFrames) {
  ForSeeds(32, [](Dice& dice) {
    const std::int64_t size = dice.Int(2, 9);
    const std::int64_t length = dice.Int(1, size);
    const std::int64_t stride = dice.Int(1, 4);
    const std::string window = dice.Word({"hann", "hamming", "", "own"});
    const bool is_centred = dice.Coin();
    const Nd own = dice.Numbers({length});
    const Nd x = dice.Numbers({dice.Int(1, 2), dice.Int(9, 14)});
    json named = window.empty() ? json(nullptr) : json(window);
    if (window == "own") named = ArrayOf(own);
    LayerCase call = FunctionOf("STFT",
                                {{"sequence_length", length},
                                 {"sequence_stride", stride},
                                 {"fft_length", size},
                                 {"window", named},
                                 {"center", is_centred}},
                                x);
    call.result = dice.Coin() ? 1 : 0;
    const std::int64_t around = is_centred ? size / 2 : 0;
    const std::int64_t frames = (x.shape[1] + 2 * around - size) / stride + 1;
    const std::int64_t left = (size - length) / 2;
    const Nd y = Made({x.shape[0], frames, size / 2 + 1}, [&](std::int64_t row,
                                                              std::int64_t frame,
                                                              std::int64_t k) {
      Signal samples(static_cast<std::size_t>(size));
      for (std::int64_t i = 0; i < size; ++i) {
        const bool is_in = window.empty() || (i >= left && i < left + length);
        std::int64_t t = std::abs(frame * stride + i - around);
        if (t >= x.shape[1]) t = 2 * (x.shape[1] - 1) - t;
        double factor = is_in ? 1 : 0;
        if (is_in && window == "own") factor = own(i - left);
        if (is_in && window != "own" && !window.empty()) {
          factor = WindowAt(window, i - left, length);
        }
        samples[static_cast<std::size_t>(i)] = x(row, t) * factor;
      }
      return PartOf(Transformed(samples)[static_cast<std::size_t>(k)], call.result == 1);
    });
    ExpectLayer(call, y);
  });
}

TEST(RandomTransforms, CutASignalIntoFrames) {
  ForSeeds(16, [](Dice& dice) {
    const std::int64_t length = dice.Int(1, 5);
    const std::int64_t stride = dice.Int(1, 5);
    const Nd x = dice.Numbers({dice.Int(1, 3), dice.Int(5, 12)});
    const std::int64_t frames = (x.shape[1] - length) / stride + 1;
    ExpectLayer(FunctionOf("ExtractSequences",
                           {{"sequence_length", length}, {"sequence_stride", stride}}, x),
                Made({x.shape[0], frames, length},
                     [&](std::int64_t row, std::int64_t frame, std::int64_t i) {
                       return x(row, frame * stride + i);
                     }));
  });
}

}  // namespace
}  // namespace kinglet
