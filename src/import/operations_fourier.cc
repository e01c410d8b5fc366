// Frames of a signal, and Fourier transforms as products with constants.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "import/fourier.h"
#include "import/layout.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// @throws kUnsupported, kCorrupt where no table of sines can be made.
void CheckSize(const Operation& operation, std::int64_t size) {
  constexpr std::int64_t kLargest = 8192;
  if (size < 1) operation.context().Corrupt(fmt::format("a transform of {}", size));
  if (size > kLargest) {
    operation.context().Refuse(
        fmt::format("a transform of {} samples, of which the table of sines would have "
                    "the square; cut it into frames of at most {}",
                    size, kLargest));
  }
}

/// Keras gives complex tensors as two.
struct Complex {
  ValueId real;
  ValueId imaginary;
};

/// The last axis [n] becomes [frames,length].
std::vector<ValueId> ExtractSequences(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x", "signal"});
  const std::int64_t length =
      operation.Int(-1, {"sequence_length", "frame_length"}).value_or(0);
  const std::int64_t stride =
      operation.Int(-1, {"sequence_stride", "frame_step"}).value_or(0);
  const auto last = static_cast<std::int64_t>(operation.ShapeOf(x).size()) - 1;
  const std::int64_t samples = operation.ShapeOf(x).back();
  if (operation.Flag(-1, {"pad_end"}, false)) context.Refuse("'pad_end'");
  operation.Argument(-1, {"pad_value"});
  if (AxisOf(context, operation.Int(-1, {"axis"}).value_or(-1),
             operation.ShapeOf(x).size()) != last) {
    context.Refuse("frames of another axis than the last");
  }
  if (length < 1 || stride < 1 || length > samples || last < 1) {
    context.Refuse(
        fmt::format("frames of {} samples, {} apart, of {}", length, stride, samples));
  }
  const std::int64_t frames = (samples - length) / stride + 1;
  Tensor places(DType::kInt32, {frames, length});
  for (std::int64_t i = 0; i < frames * length; ++i) {
    places.Data<std::int32_t>()[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(i / length * stride + i % length);
  }
  return {operation.Node(Gather{.axis = last}, {x, context.Constant("places", places)})};
}

/// Frames of one length, of which the first is in the middle of the first sample where
/// the transform is centred.
std::vector<ValueId> Stft(const Operation& operation) {
  const LayerContext& context = operation.context();
  ValueId x = operation.Operand(0, {"x"});
  const Shape in = operation.ShapeOf(x);
  const std::int64_t length = operation.Int(-1, {"sequence_length"}).value_or(0);
  const std::int64_t stride = operation.Int(-1, {"sequence_stride"}).value_or(0);
  const std::int64_t size = operation.Int(-1, {"fft_length"}).value_or(0);
  CheckSize(operation, size);
  const bool is_centred = operation.Flag(-1, {"center"}, true);
  const Json& named = operation.Argument(-1, {"window"});
  const std::int64_t samples = in.back() + (is_centred ? size / 2 * 2 : 0);
  if (length < 1 || stride < 1 || length > size || samples < size ||
      (is_centred && in.back() <= size / 2) || in.size() < 2) {
    context.Refuse(
        fmt::format("frames of {} in a transform of {} over {} samples, {} "
                    "apart",
                    length, size, in.back(), stride));
  }
  // Without a window all samples of the transform count.
  const std::vector<double> window =
      InMiddle(NamedWindow(context, named, named.is_null() ? size : length), size);
  if (is_centred) {
    Ints around(in.size(), 0);
    around.back() = size / 2;
    x = operation.Node(MirrorPad{around, around, Mirror::kReflect}, {x}, "pad");
  }
  const ValueId series =
      Reshaped(context, x, {ElementCount(in) / in.back(), 1, samples, 1}, "series");
  Shape out = in;
  out.back() = (samples - size) / stride + 1;
  out.push_back(size / 2 + 1);
  const auto part = [&](bool is_imaginary, const char* name) {
    const ValueId y = OfFrames(context, series, FourierKernel(window, is_imaginary),
                               stride, Padding::kValid, name);
    return Reshaped(context, y, out, std::string(name) + "/frames");
  };
  return {part(false, "real"), part(true, "imaginary")};
}

ValueId Times(const Operation& operation, ValueId x, const Tensor& kernel,
              const std::string& name) {
  return operation.Node(FullyConnected{},
                        {x, operation.context().Constant(name + "/kernel", kernel)},
                        name);
}

/// Along the last axis, cut or filled up with zeros to the length of the transform.
std::vector<ValueId> Rfft(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId whole = operation.Operand(0, {"x"});
  const Shape shape = operation.ShapeOf(whole);
  const std::int64_t size = operation.Int(-1, {"fft_length"}).value_or(shape.back());
  CheckSize(operation, size);
  const std::int64_t used = std::min(shape.back(), size);
  const ValueId x =
      Sliced(context, whole, static_cast<std::int64_t>(shape.size()) - 1, 0, used, "cut");
  const std::int64_t bins = size / 2 + 1;
  const std::vector<double> ones(static_cast<std::size_t>(size), 1.0);
  const auto part = [&](bool is_imaginary, const char* name) {
    const Tensor waves = FourierKernel(ones, is_imaginary);
    Tensor kernel(DType::kFloat32, {bins, used});
    const auto row = static_cast<std::size_t>(used);
    for (std::size_t k = 0; k < static_cast<std::size_t>(bins); ++k) {
      std::ranges::copy(waves.Data<float>().subspan(k * ones.size(), row),
                        kernel.Data<float>().subspan(k * row).begin());
    }
    return Times(operation, x, kernel, name);
  };
  return {part(false, "real"), part(true, "imaginary")};
}

Complex ComplexOperand(const Operation& operation) {
  const std::vector<ValueId> parts = operation.Operands(0, {"x"});
  if (parts.size() != 2 || operation.ShapeOf(parts[0]) != operation.ShapeOf(parts[1]) ||
      operation.ShapeOf(parts[0]).size() < 2) {
    operation.context().Refuse(
        "an input that is no pair of a real and an imaginary part");
  }
  return {parts[0], parts[1]};
}

bool IsZero(const Operation& operation, ValueId x) {
  const auto& constant = operation.context().graph()[x].constant;
  return constant != nullptr && constant->dtype() == DType::kFloat32 &&
         std::ranges::all_of(constant->Data<float>(), [](float v) { return v == 0; });
}

/// Real parts times cosines and imaginary parts times sines, in rows of `kernel_of`
/// numbers: kernel_of(row, column) for both.
template <typename KernelOf>
ValueId Mixed(const Operation& operation, const Complex& x, std::int64_t rows,
              KernelOf kernel_of, const std::string& name) {
  const std::int64_t columns = operation.ShapeOf(x.real).back();
  const bool is_real = IsZero(operation, x.imaginary);
  const std::int64_t width = is_real ? columns : 2 * columns;
  Tensor kernel(DType::kFloat32, {rows, width});
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < width; ++i) {
      kernel.Data<float>()[static_cast<std::size_t>(row * width + i)] =
          static_cast<float>(kernel_of(row, i % columns, i >= columns));
    }
  }
  if (is_real) return Times(operation, x.real, kernel, name);
  const auto last = static_cast<std::int64_t>(operation.ShapeOf(x.real).size()) - 1;
  const ValueId both =
      operation.Node(Concatenation{last}, {x.real, x.imaginary}, name + "/parts");
  return Times(operation, both, kernel, name);
}

double Turn(std::int64_t k, std::int64_t i, std::int64_t size) {
  return 2 * std::numbers::pi * static_cast<double>(k * i % size) /
         static_cast<double>(size);
}

/// (a + ib)(cos - i sin) has the parts a cos + b sin and b cos - a sin.
std::vector<ValueId> Fft(const Operation& operation) {
  const Complex x = ComplexOperand(operation);
  const std::int64_t size = operation.ShapeOf(x.real).back();
  CheckSize(operation, size);
  const auto real = [&](std::int64_t k, std::int64_t i, bool is_imaginary) {
    return is_imaginary ? std::sin(Turn(k, i, size)) : std::cos(Turn(k, i, size));
  };
  const auto imaginary = [&](std::int64_t k, std::int64_t i, bool is_imaginary) {
    return is_imaginary ? std::cos(Turn(k, i, size)) : -std::sin(Turn(k, i, size));
  };
  return {Mixed(operation, x, size, real, "real"),
          Mixed(operation, x, size, imaginary, "imaginary")};
}

/// Bins up to half the rate, of which those in between stand for their mirror as well;
/// what is beyond the length counts for nothing.
std::vector<ValueId> Irfft(const Operation& operation) {
  const Complex x = ComplexOperand(operation);
  const std::int64_t bins = operation.ShapeOf(x.real).back();
  const std::int64_t size = operation.Int(-1, {"fft_length"}).value_or(2 * (bins - 1));
  CheckSize(operation, size);
  const auto kernel = [&](std::int64_t i, std::int64_t k, bool is_imaginary) {
    if (2 * k > size) return 0.0;
    const bool is_single = k == 0 || 2 * k == size;
    if (is_single && is_imaginary) return 0.0;
    const double wave =
        is_imaginary ? -std::sin(Turn(k, i, size)) : std::cos(Turn(k, i, size));
    return wave * (is_single ? 1 : 2) / static_cast<double>(size);
  };
  return {Mixed(operation, x, size, kernel, "signal")};
}

}  // namespace

const std::vector<OperationRow>& FourierOperations() {
  static const std::vector<OperationRow> kRows = {
      {"ExtractSequences", {"signal.frame"}, ExtractSequences, "GATHER"},
      {"STFT", {}, Stft, "MIRROR_PAD, CONV_2D, CONV_2D"},
      {"RFFT", {}, Rfft, "FULLY_CONNECTED, FULLY_CONNECTED"},
      {"FFT", {}, Fft, "CONCATENATION and FULLY_CONNECTED for each part"},
      {"IRFFT", {}, Irfft, "CONCATENATION, FULLY_CONNECTED"},
  };
  return kRows;
}

}  // namespace kinglet
