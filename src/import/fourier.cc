#include "import/fourier.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "import/json_tensor.h"

namespace kinglet {
namespace {

/// offset - (1 - offset) cos, over the whole length where that is even, else over one
/// sample less.
std::vector<double> RaisedCosine(double offset, std::int64_t length) {
  std::vector<double> window(static_cast<std::size_t>(length), 1.0);
  if (length == 1) return window;
  const auto period = static_cast<double>(length % 2 == 0 ? length : length - 1);
  for (std::size_t i = 0; i < window.size(); ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / period;
    window[i] = offset - (1 - offset) * std::cos(turn);
  }
  return window;
}

}  // namespace

std::vector<double> NamedWindow(const LayerContext& context, const Json& window,
                                std::int64_t length) {
  if (window.is_null()) return RaisedCosine(1, length);
  if (window == "hann") return RaisedCosine(0.5, length);
  if (window == "hamming") return RaisedCosine(0.54, length);
  const std::optional<Tensor> numbers = TensorFrom(window);
  if (!numbers.has_value() || numbers->dtype() != DType::kFloat32) {
    context.Refuse(fmt::format("window {}", window.dump().substr(0, 80)));
  }
  if (numbers->shape() != Shape{length}) {
    context.Corrupt(fmt::format("a window of shape {} for {} samples",
                                ToString(numbers->shape()), length));
  }
  const auto data = numbers->Data<float>();
  return {data.begin(), data.end()};
}

std::vector<double> InMiddle(const std::vector<double>& window, std::int64_t size) {
  std::vector<double> padded(static_cast<std::size_t>(size), 0.0);
  const auto left = (size - static_cast<std::int64_t>(window.size())) / 2;
  std::ranges::copy(window, padded.begin() + left);
  return padded;
}

Tensor FourierKernel(const std::vector<double>& window, bool is_imaginary) {
  const std::size_t size = window.size();
  const std::size_t bins = size / 2 + 1;
  Tensor kernel(DType::kFloat32,
                {static_cast<std::int64_t>(bins), 1, static_cast<std::int64_t>(size), 1});
  for (std::size_t k = 0; k < bins; ++k) {
    for (std::size_t i = 0; i < size; ++i) {
      const double turn = 2 * std::numbers::pi * static_cast<double>(k * i % size) /
                          static_cast<double>(size);
      const double wave = is_imaginary ? -std::sin(turn) : std::cos(turn);
      kernel.Data<float>()[k * size + i] = static_cast<float>(window[i] * wave);
    }
  }
  return kernel;
}

ValueId OfFrames(const LayerContext& context, ValueId x, Tensor kernel,
                 std::int64_t stride, Padding padding, const std::string& name) {
  const std::int64_t filters = kernel.shape()[0];
  const ValueId weights = context.Constant(name + "/kernel", std::move(kernel));
  const ValueId bias =
      context.Constant(name + "/bias", Tensor(DType::kFloat32, {filters}));
  return context.Node(Conv2d{.padding = padding, .stride_w = stride}, {x, weights, bias},
                      name);
}

}  // namespace kinglet
