// The sums are integers, so that their order doesn't show; what follows is float32.
#include "ops/hybrid.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace kinglet {
namespace {

constexpr double kLowestByte = -128;
constexpr double kHighestByte = 127;

/// The zero point of the range's better end.
double ZeroPoint(double low, double high, double scale) {
  const double from_low = kLowestByte - low / scale;
  const double from_high = kHighestByte - high / scale;
  const double low_error = std::abs(kLowestByte) + std::abs(low / scale);
  const double high_error = std::abs(kHighestByte) + std::abs(high / scale);
  const double zero = low_error < high_error ? from_low : from_high;
  return std::clamp(std::round(zero), kLowestByte, kHighestByte);
}

}  // namespace

void QuantizeAsymmetric(std::span<const float> x, QuantizedSample& sample) {
  sample.values.resize(x.size());
  const auto [smallest, largest] = std::ranges::minmax(x);
  const float low = std::min(0.0F, smallest);
  const float high = std::max(0.0F, largest);
  std::ranges::fill(sample.values, std::int16_t{0});
  sample.scale = 1.0F;
  if (low == high) return;
  const double scale = static_cast<double>(high - low) / (kHighestByte - kLowestByte);
  const auto zero = static_cast<float>(ZeroPoint(low, high, scale));
  sample.scale = static_cast<float>(scale);
  const float inverse = 1.0F / sample.scale;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float q = std::round(zero + x[i] * inverse);
    sample.values[i] = static_cast<std::int16_t>(
        std::clamp(q, static_cast<float>(kLowestByte), static_cast<float>(kHighestByte)) -
        zero);
  }
}

namespace {

void QuantizeSymmetric(std::span<const float> x, QuantizedSample& sample) {
  float largest = 0;
  for (const float value : x) largest = std::max(largest, std::abs(value));
  std::ranges::fill(sample.values, std::int16_t{0});
  sample.scale = 1.0F;
  if (largest == 0) return;
  const auto top = static_cast<float>(kHighestByte);
  sample.scale = largest / top;
  const float inverse = top / largest;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sample.values[i] =
        static_cast<std::int16_t>(std::clamp(std::round(x[i] * inverse), -top, top));
  }
}

class Hybrid {
 public:
  Hybrid(const HybridPlan& plan, const NodeView& view)
      : plan_(plan),
        weights_(view.Input(1).constant),
        bias_(view.HasInput(2) ? view.Input(2).constant : nullptr),
        scales_(view.Input(1).quantization->scales) {
    // One scale for all: the runtimes then quantize convolutions' inputs symmetrically.
    symmetric_ = scales_.size() == 1 && plan.form != HybridForm::kDense;
    scales_.resize(static_cast<std::size_t>(plan.out_channels), scales_[0]);
  }

  void operator()(const Buffers& buffers) const {
    const auto in_size =
        static_cast<std::size_t>(plan_.h.in * plan_.w.in * plan_.in_channels);
    const Size out_size = plan_.h.out * plan_.w.out * plan_.out_channels;
    QuantizedSample sample{.scale = 1.0F, .values = std::vector<std::int16_t>(in_size)};
    for (Size i = 0; i < plan_.batch; ++i) {
      const std::span<const float> x(
          buffers.In<float>(0) + i * static_cast<Size>(in_size), in_size);
      if (symmetric_) {
        QuantizeSymmetric(x, sample);
      } else {
        QuantizeAsymmetric(x, sample);
      }
      RunSample(sample, buffers.Out<float>() + i * out_size);
    }
  }

 private:
  void RunSample(const QuantizedSample& sample, float* out) const {
    std::vector<std::int32_t> sums(static_cast<std::size_t>(plan_.out_channels));
    for (Size y = 0; y < plan_.h.out; ++y) {
      for (Size x = 0; x < plan_.w.out; ++x) {
        std::ranges::fill(sums, 0);
        AddTaps(sample, y, x, sums);
        for (std::size_t o = 0; o < sums.size(); ++o) {
          *out++ = Finish(sums[o], sample.scale, o);
        }
      }
    }
  }

  void AddTaps(const QuantizedSample& sample, Size y, Size x,
               std::vector<std::int32_t>& sums) const {
    for (Size ky = 0; ky < plan_.h.kernel; ++ky) {
      const Size row = y * plan_.h.stride - plan_.h.before + ky * plan_.h.dilation;
      if (row < 0 || row >= plan_.h.in) continue;
      for (Size kx = 0; kx < plan_.w.kernel; ++kx) {
        const Size column = x * plan_.w.stride - plan_.w.before + kx * plan_.w.dilation;
        if (column < 0 || column >= plan_.w.in) continue;
        const std::int16_t* in =
            sample.values.data() + (row * plan_.w.in + column) * plan_.in_channels;
        AddTap(in, ky * plan_.w.kernel + kx, sums);
      }
    }
  }

  void AddTap(const std::int16_t* in, Size tap, std::vector<std::int32_t>& sums) const {
    const std::int8_t* weights = weights_->Data<std::int8_t>().data();
    if (plan_.form == HybridForm::kDepthwise) {
      const Size multiplier = plan_.out_channels / plan_.in_channels;
      for (Size o = 0; o < plan_.out_channels; ++o) {
        sums[static_cast<std::size_t>(o)] +=
            weights[tap * plan_.out_channels + o] * in[o / multiplier];
      }
      return;
    }
    const Size depth = plan_.in_channels / plan_.groups;
    const Size outputs = plan_.out_channels / plan_.groups;
    for (Size o = 0; o < plan_.out_channels; ++o) {
      const std::int8_t* w =
          weights + (o * plan_.h.kernel * plan_.w.kernel + tap) * depth;
      const std::int16_t* x = in + o / outputs * depth;
      std::int32_t sum = 0;
      for (Size c = 0; c < depth; ++c) sum += w[c] * x[c];
      sums[static_cast<std::size_t>(o)] += sum;
    }
  }

  [[nodiscard]] float Finish(std::int32_t sum, float sample_scale, std::size_t o) const {
    const auto total = static_cast<float>(sum);
    const float bias = bias_ == nullptr ? 0.0F : bias_->Data<float>()[o];
    const float value = plan_.form == HybridForm::kConv
                            ? total * scales_[o] * sample_scale + bias
                            : total * (scales_[o] * sample_scale) + bias;
    return std::min(std::max(value, plan_.clamp.low), plan_.clamp.high);
  }

  HybridPlan plan_;
  std::shared_ptr<const Tensor> weights_;
  std::shared_ptr<const Tensor> bias_;
  std::vector<float> scales_;
  bool symmetric_ = false;
};

}  // namespace

bool IsHybrid(const NodeView& view) {
  return view.Input(0).dtype == DType::kFloat32 && view.Input(1).dtype == DType::kInt8;
}

Kernel CompileHybrid(const HybridPlan& plan, const NodeView& view) {
  return [hybrid = Hybrid(plan, view)](const Buffers& buffers) { hybrid(buffers); };
}

}  // namespace kinglet
