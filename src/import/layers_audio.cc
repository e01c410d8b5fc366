// STFTSpectrogram and MelSpectrogram.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "import/fourier.h"
#include "import/layer_table.h"
#include "import/layout.h"

namespace kinglet {
namespace {

constexpr float kSmallestPower = 1e-7F;  // Keras' epsilon
constexpr double kDecibelsPerNeper = 10 / std::numbers::ln10;

ValueId Power(const LayerContext& context, ValueId real, ValueId imaginary) {
  const ValueId real_square = context.Node(Mul{}, {real, real}, "real_square");
  const ValueId imaginary_square =
      context.Node(Mul{}, {imaginary, imaginary}, "imaginary_square");
  return context.Node(Add{}, {real_square, imaginary_square}, "power");
}

/// [n,channels,frames,bins] in the layer's form.
ValueId Arranged(const LayerContext& context, ValueId y) {
  const Shape in = context.ShapeOf(y);
  const bool expands = context.Flag("expand_dims", false);
  if (IsChannelsFirst(context)) {
    if (expands) return y;
    const ValueId moved = Transposed(context, y, {0, 1, 3, 2}, "bins_first");
    return Reshaped(context, moved, {in[0], in[1] * in[3], in[2]}, "join");
  }
  if (expands) return Transposed(context, y, {0, 2, 3, 1}, "channels_last");
  const ValueId moved = Transposed(context, y, {0, 2, 1, 3}, "frames_first");
  return Reshaped(context, moved, {in[0], in[2], in[1] * in[3]}, "join");
}

/// One of the stored kernels [taps,1,bins] over each channel: [n,channels,frames,bins].
/// By default frames overlap by half, and the transform has the next power of two.
ValueId StoredTransform(const LayerContext& context, std::size_t index,
                        const std::string& name) {
  ValueId x = context.Input();
  if (!IsChannelsFirst(context)) x = Transposed(context, x, {0, 2, 1}, "channels_first");
  const Shape in = context.ShapeOf(x);
  const std::int64_t taps = context.Int("frame_length", 256);
  const std::int64_t step = context.Int("frame_step", taps / 2);
  if (taps < 1 || step < 1) {
    context.Corrupt(fmt::format("frames of {} samples, {} apart", taps, step));
  }
  const auto next_power = std::bit_ceil(static_cast<std::uint64_t>(taps));
  const std::int64_t bins =
      context.Int("fft_length", static_cast<std::int64_t>(next_power)) / 2 + 1;
  const Tensor kernel = context.Variable("", index, {taps, 1, bins});
  const Tensor ordered = Permuted(kernel, {2, 1, 0}).Reshaped({bins, 1, taps, 1});
  const ValueId series = Reshaped(context, x, {in[0] * in[1], 1, in[2], 1}, "series");
  const Padding padding =
      context.Text("padding", "valid") == "same" ? Padding::kSame : Padding::kValid;
  const ValueId y = OfFrames(context, series, ordered, step, padding, name);
  const Shape out = context.ShapeOf(y);
  return Reshaped(context, y, {in[0], in[1], out[2], bins}, name + "/channels");
}

/// Power with the bins doubled that stand for a negative frequency as well.
ValueId OneSided(const LayerContext& context, ValueId power) {
  std::vector<float> factors(static_cast<std::size_t>(context.ShapeOf(power).back()),
                             2.0F);
  factors.front() = factors.back() = 1.0F;
  return context.Node(Mul{}, {power, context.Vector("sides", factors)}, "one_sided");
}

std::vector<ValueId> BuildStft(const LayerContext& context) {
  const std::string mode = context.Text("mode", "log");
  const bool is_single = mode == "real" || mode == "imag";
  context.ExpectVariables("", is_single ? 1 : 2);
  if (is_single) return {Arranged(context, StoredTransform(context, 0, mode))};
  const ValueId real = StoredTransform(context, 0, "real");
  const ValueId imaginary = StoredTransform(context, 1, "imaginary");
  if (mode == "stft") {
    return {Arranged(context, context.Node(Concatenation{3}, {real, imaginary}, "both"))};
  }
  if (mode != "psd" && mode != "magnitude" && mode != "log") {
    context.Refuse(fmt::format("mode '{}'; use log, magnitude, psd or stft", mode));
  }
  const ValueId power = Power(context, real, imaginary);
  if (mode == "psd") return {Arranged(context, OneSided(context, power))};
  const ValueId floored = context.Node(
      Maximum{}, {power, context.Scalar("smallest", kSmallestPower)}, "floor");
  if (mode == "magnitude") {
    return {Arranged(context, context.Node(Sqrt{}, {floored}, "sqrt"))};
  }
  const ValueId log = context.Node(Log{}, {floored}, "log");
  return {Arranged(context, Times(context, log, 0.5F, "half"))};
}

double Mel(double hertz) { return 1127.0 * std::log(1.0 + hertz / 700.0); }

/// Triangles of height 1, evenly spaced in mel: [bands,bins]. The lowest bin is left out.
Tensor MelWeights(std::int64_t bands, std::int64_t bins, double rate, double lowest,
                  double highest) {
  Tensor weights(DType::kFloat32, {bands, bins});
  const double step = (Mel(highest) - Mel(lowest)) / static_cast<double>(bands + 1);
  for (std::int64_t band = 0; band < bands; ++band) {
    const double low = Mel(lowest) + step * static_cast<double>(band);
    for (std::int64_t bin = 1; bin < bins; ++bin) {
      const double hertz =
          rate / 2 * static_cast<double>(bin) / static_cast<double>(bins - 1);
      const double rise = (Mel(hertz) - low) / step;
      const double height = std::max(0.0, std::min(rise, 2 - rise));
      weights.Data<float>()[static_cast<std::size_t>(band * bins + bin)] =
          static_cast<float>(height);
    }
  }
  return weights;
}

/// 10 log10(max(x, smallest)), less that of the reference, and not more than `top_db`
/// below the largest.
ValueId InDecibels(const LayerContext& context, ValueId x) {
  const double smallest = context.Number("min_power", 1e-10);
  const double reference = std::max(std::abs(context.Number("ref_power", 1)), smallest);
  const ValueId floored = context.Node(
      Maximum{}, {x, context.Scalar("min_power", static_cast<float>(smallest))}, "floor");
  const ValueId log = context.Node(Log{}, {floored}, "log");
  ValueId db = Times(context, log, static_cast<float>(kDecibelsPerNeper), "decibels");
  db = Plus(context, db, static_cast<float>(-kDecibelsPerNeper * std::log(reference)),
            "reference");
  context.state().notes.push_back(fmt::format(
      "layer '{}' cuts each sample below its own largest value; Keras cuts a batch below "
      "the largest of the batch",
      context.layer().name));
  const ValueId largest =
      context.Node(ReduceMax{{.axes = {1, 2, 3}, .keep_dims = true}}, {db}, "largest");
  const ValueId lowest =
      Plus(context, largest, static_cast<float>(-context.Number("top_db", 80)), "lowest");
  return context.Node(Maximum{}, {db, lowest}, "cut");
}

/// |x|^exponent from the power |x|^2.
ValueId Raised(const LayerContext& context, ValueId power, double exponent) {
  if (exponent == 2) return power;
  if (exponent == 1) return context.Node(Sqrt{}, {power}, "magnitude");
  const ValueId half = context.Scalar("exponent", static_cast<float>(exponent / 2));
  return context.Node(Pow{}, {power, half}, "magnitude");
}

std::vector<ValueId> BuildMelSpectrogram(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  if (in.size() != 2) context.Refuse("an input that is no [batch, samples]");
  const std::int64_t size = context.Int("fft_length", 2048);
  const std::int64_t length = context.Int("sequence_length", size);
  if (size < 2 || size % 2 != 0 || length < 1 || length > size || in[1] <= size / 2) {
    context.Refuse(fmt::format("frames of {} in a transform of {} over {} samples",
                               length, size, in[1]));
  }
  const ValueId padded =
      context.Node(MirrorPad{{0, size / 2}, {0, size / 2}, Mirror::kReflect}, {x}, "pad");
  const ValueId series = Reshaped(context, padded, {in[0], 1, in[1] + size, 1}, "series");
  const std::vector<double> window =
      InMiddle(NamedWindow(context, context.Entry("window"), length), size);
  const std::int64_t stride = context.Int("sequence_stride", 512);
  const auto transform = [&](bool is_imaginary, const char* name) {
    return OfFrames(context, series, FourierKernel(window, is_imaginary), stride,
                    Padding::kValid, name);
  };
  const ValueId power =
      Power(context, transform(false, "real"), transform(true, "imaginary"));
  const ValueId magnitude = Raised(context, power, context.Number("mag_exp", 2));
  const double rate = context.Number("sampling_rate", 16000);
  const std::int64_t bands = context.Int("num_mel_bins", 128);
  const Tensor weights =
      MelWeights(bands, size / 2 + 1, rate, context.Number("min_freq", 20),
                 context.Number("max_freq", rate / 2));
  ValueId mel = context.Node(FullyConnected{},
                             {magnitude, context.Constant("mel/kernel", weights)}, "mel");
  if (context.Flag("power_to_db", true)) mel = InDecibels(context, mel);
  const std::int64_t frames = context.ShapeOf(mel)[2];
  const ValueId rows = Reshaped(context, mel, {in[0], frames, bands}, "frames");
  return {Transposed(context, rows, {0, 2, 1}, "")};
}

}  // namespace

const std::vector<LayerRow>& AudioLayers() {
  static const std::vector<LayerRow> kRows = {
      {"STFTSpectrogram",
       BuildStft,
       "CONV_2D, CONV_2D, MUL, MUL, ADD, MAXIMUM, LOG, MUL",
       {"mode", "frame_length", "frame_step", "fft_length", "window", "periodic",
        "scaling", "padding", "data_format", "expand_dims"}},
      {"MelSpectrogram",
       BuildMelSpectrogram,
       "MIRROR_PAD, CONV_2D, CONV_2D, MUL, MUL, ADD, FULLY_CONNECTED, MAXIMUM, LOG, MUL, "
       "REDUCE_MAX, ADD, MAXIMUM, TRANSPOSE",
       {"fft_length", "sequence_stride", "sequence_length", "window", "sampling_rate",
        "num_mel_bins", "min_freq", "max_freq", "power_to_db", "top_db", "mag_exp",
        "min_power", "ref_power"}},
  };
  return kRows;
}

}  // namespace kinglet
