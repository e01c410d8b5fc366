#include "ops/hybrid_products.h"

#include <algorithm>
#include <array>

#include "ops/float_kernels.h"
#include "ops/hybrid.h"
#include "ops/matrices.h"
#include "ops/transpose_phases.h"

namespace kinglet {
namespace {

/// The order of the sum shows: it is the input's, each product scaled by itself.
class HybridTransposed {
 public:
  HybridTransposed(const TransposeConv& op, const NodeView& view)
      : in_(view.Input(0).shape),
        weights_(view.Input(1).constant),
        h_(WindowH(op, weights_->shape())),
        w_(WindowW(op, weights_->shape())),
        bias_(view.HasInput(2) ? view.Input(2).constant : nullptr),
        scales_(view.Input(1).quantization->scales),
        clamp_(ClampOf(op.activation)) {
    scales_.resize(static_cast<std::size_t>(weights_->shape()[0]), scales_[0]);
  }

  void operator()(const Buffers& buffers) const {
    const Size in_size = in_[1] * in_[2] * in_[3];
    const Size out_size = h_.in * w_.in * std::ssize(scales_);
    QuantizedSample sample;
    for (Size i = 0; i < in_[0]; ++i) {
      QuantizeAsymmetric(
          {buffers.In<float>(0) + i * in_size, static_cast<std::size_t>(in_size)},
          sample);
      RunSample(sample, {buffers.Out<float>() + i * out_size,
                         static_cast<std::size_t>(out_size)});
    }
  }

 private:
  void RunSample(const QuantizedSample& sample, std::span<float> out) const {
    std::ranges::fill(out, 0.0F);
    const std::int16_t* x = sample.values.data();
    for (Size y = 0; y < in_[1]; ++y) {
      for (Size column = 0; column < in_[2]; ++column) {
        for (Size c = 0; c < in_[3]; ++c) Spread(*x++, sample.scale, y, column, c, out);
      }
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t o = i % scales_.size();
      const float sum = out[i] + (bias_ == nullptr ? 0.0F : bias_->Data<float>()[o]);
      out[i] = std::min(std::max(sum, clamp_.low), clamp_.high);
    }
  }

  /// Adds what input (y, x, channel) contributes.
  void Spread(std::int16_t value, float scale, Size y, Size x, Size channel,
              std::span<float> out) const {
    const Shape& shape = weights_->shape();
    const auto weights = weights_->Data<std::int8_t>();
    for (Size ky = 0; ky < shape[1]; ++ky) {
      const Size row = y * h_.stride - h_.Before() + ky;
      if (row < 0 || row >= h_.in) continue;
      for (Size kx = 0; kx < shape[2]; ++kx) {
        const Size column = x * w_.stride - w_.Before() + kx;
        if (column < 0 || column >= w_.in) continue;
        float* to = out.data() + (row * w_.in + column) * shape[0];
        for (Size o = 0; o < shape[0]; ++o) {
          const Size at = ((o * shape[1] + ky) * shape[2] + kx) * shape[3] + channel;
          const auto product =
              static_cast<float>(value * weights[static_cast<std::size_t>(at)]);
          to[o] += product * scales_[static_cast<std::size_t>(o)] * scale;
        }
      }
    }
  }

  Shape in_;
  std::shared_ptr<const Tensor> weights_;
  Window h_;
  Window w_;
  std::shared_ptr<const Tensor> bias_;
  std::vector<float> scales_;
  Clamp clamp_;
};

/// Element (row, column) of a matrix of `rows` x `columns`, which may lie turned.
Size ElementAt(bool turned, Size rows, Size columns, Size row, Size column) {
  return turned ? column * rows + row : row * columns + column;
}

class HybridMatrices {
 public:
  HybridMatrices(const BatchMatMul& op, const NodeView& view)
      : op_(op),
        plan_(op, view),
        scale_(view.Input(1).quantization->scales[0]),
        zero_point_(
            static_cast<std::int32_t>(view.Input(1).quantization->zero_points[0])) {}

  void operator()(const Buffers& buffers) const {
    std::vector<float> row(static_cast<std::size_t>(plan_.k));
    QuantizedSample sample;
    plan_.batches.ForEach([&](Size i, const std::array<Size, 2>& at) {
      const float* x = buffers.In<float>(0) + at[0] * plan_.m * plan_.k;
      const std::int8_t* y = buffers.In<std::int8_t>(1) + at[1] * plan_.n * plan_.k;
      float* out = buffers.Out<float>() + i * plan_.m * plan_.n;
      for (Size m = 0; m < plan_.m; ++m) {
        for (std::size_t k = 0; k < row.size(); ++k) {
          row[k] = x[ElementAt(op_.adj_x, plan_.m, plan_.k, m, static_cast<Size>(k))];
        }
        QuantizeAsymmetric(row, sample);
        for (Size n = 0; n < plan_.n; ++n) *out++ = Product(sample, y, n);
      }
    });
  }

 private:
  [[nodiscard]] float Product(const QuantizedSample& x, const std::int8_t* y,
                              Size column) const {
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < x.values.size(); ++k) {
      const Size at =
          ElementAt(op_.adj_y, plan_.k, plan_.n, static_cast<Size>(k), column);
      sum += x.values[k] * (y[at] - zero_point_);
    }
    return static_cast<float>(sum) * (x.scale * scale_);
  }

  BatchMatMul op_;
  MatrixPlan plan_;
  float scale_;
  std::int32_t zero_point_;
};

}  // namespace

Kernel HybridTransposeConv(const TransposeConv& op, const NodeView& view) {
  return [conv = HybridTransposed(op, view)](const Buffers& buffers) { conv(buffers); };
}

Kernel HybridBatchMatMul(const BatchMatMul& op, const NodeView& view) {
  return
      [product = HybridMatrices(op, view)](const Buffers& buffers) { product(buffers); };
}

}  // namespace kinglet
