// Transposed convolutions. Per axis, with ke = (k - 1) d + 1 taps, input i adds to
// full[i s + t d], of length F = (n - 1) s + ke; the output is full from `crop` on, `out`
// elements. TRANSPOSE_CONV knows "valid" (crop 0) and "same" (crop as for a convolution
// from `out` to n); what is neither is computed as "valid" and cut.
#include <fmt/format.h>

#include <algorithm>

#include "import/convolution.h"
#include "import/layout.h"

namespace kinglet {
namespace {

struct Axis {
  std::int64_t in = 1;
  std::int64_t taps = 1;  ///< dilated
  std::int64_t stride = 1;
  std::int64_t out = 1;
  std::int64_t crop = 0;

  /// Whether "same" gives this output.
  [[nodiscard]] bool IsSame() const {
    const std::int64_t total = std::max<std::int64_t>((in - 1) * stride + taps - out, 0);
    return (out + stride - 1) / stride == in && total / 2 == crop;
  }
  /// The output of "valid" from which the wanted one is cut.
  [[nodiscard]] std::int64_t Whole() const {
    return std::max((in - 1) * stride + taps, crop + out);
  }
};

/// `axis` with its output, for which `extra` is the output padding, if there is one.
Axis WithOutput(const LayerContext& context, Axis axis, Padding padding,
                std::optional<std::int64_t> extra) {
  const std::int64_t in = axis.in;
  const std::int64_t stride = axis.stride;
  const std::int64_t full = (in - 1) * stride + axis.taps;
  if (padding == Padding::kValid) {
    axis.out = full + extra.value_or(std::max(axis.taps, stride) - axis.taps);
  } else {
    axis.out =
        extra.has_value() ? (in - 1) * stride + axis.taps % 2 + *extra : in * stride;
    axis.crop = std::max<std::int64_t>(full - axis.out, 0) / 2;
  }
  if (axis.out < 1 || (extra.has_value() && *extra >= stride)) {
    context.Corrupt("an output_padding that doesn't fit the stride");
  }
  if (axis.Whole() > full + stride - 1) context.Refuse("an output beyond its inputs");
  return axis;
}

/// [kh,kw,o,i] with zeros between dilated taps, as [o,kh,kw,i].
Tensor SpreadKernel(const Tensor& kernel, const Window& window) {
  const Shape& in = kernel.shape();
  Tensor spread(DType::kFloat32, {(in[0] - 1) * window.dilation_h + 1,
                                  (in[1] - 1) * window.dilation_w + 1, in[2], in[3]});
  const auto per_tap = static_cast<std::size_t>(in[2] * in[3]);
  const auto width = static_cast<std::size_t>(spread.shape()[1]);
  for (std::int64_t h = 0; h < in[0]; ++h) {
    for (std::int64_t w = 0; w < in[1]; ++w) {
      const auto from = static_cast<std::size_t>(h * in[1] + w) * per_tap;
      const auto to = (static_cast<std::size_t>(h * window.dilation_h) * width +
                       static_cast<std::size_t>(w * window.dilation_w)) *
                      per_tap;
      std::ranges::copy(kernel.Data<float>().subspan(from, per_tap),
                        spread.Data<float>().subspan(to).begin());
    }
  }
  return Permuted(spread, {2, 0, 1, 3});
}

/// Along the height and the width of a picture.
std::pair<Axis, Axis> AxesOfPicture(const LayerContext& context, const Shape& in,
                                    const Window& window,
                                    const std::optional<Ints>& output_padding) {
  const auto axis = [&](std::int64_t size, std::int64_t kernel, std::int64_t stride,
                        std::int64_t dilation, std::optional<std::int64_t> extra) {
    const std::int64_t taps = (kernel - 1) * dilation + 1;
    return WithOutput(context, {.in = size, .taps = taps, .stride = stride},
                      window.padding, extra);
  };
  std::optional<std::int64_t> extra_h;
  std::optional<std::int64_t> extra_w;
  if (output_padding.has_value()) {
    extra_w = output_padding->back();
    if (output_padding->size() == 2) extra_h = output_padding->front();
  }
  return {axis(in[1], window.kernel_h, window.stride_h, window.dilation_h, extra_h),
          axis(in[2], window.kernel_w, window.stride_w, window.dilation_w, extra_w)};
}

}  // namespace

ValueId ConvolvedTransposed(const LayerContext& context, ValueId x, const Window& window,
                            const Tensor& kernel, std::optional<ValueId> bias,
                            const std::optional<Ints>& output_padding) {
  if (window.is_causal) context.Refuse("padding 'causal'");
  const Shape in = context.ShapeOf(x);
  if (kernel.shape()[3] != in[3]) {
    context.Corrupt(
        fmt::format("a kernel of {} channels for {}", kernel.shape()[3], in[3]));
  }
  const auto [h, w] = AxesOfPicture(context, in, window, output_padding);
  std::vector<ValueId> inputs = {
      x, context.Constant("kernel", SpreadKernel(kernel, window))};
  if (bias.has_value()) inputs.push_back(*bias);
  const bool is_same = h.IsSame() && w.IsSame();
  const TransposeConv op{.padding = is_same ? Padding::kSame : Padding::kValid,
                         .stride_h = h.stride,
                         .stride_w = w.stride,
                         .out_h = is_same ? h.out : h.Whole(),
                         .out_w = is_same ? w.out : w.Whole()};
  const ValueId y = context.Node(op, inputs);
  if (is_same) return y;
  const ValueId rows = Sliced(context, y, 1, h.crop, h.crop + h.out, "crop_h");
  return Sliced(context, rows, 2, w.crop, w.crop + w.out, "crop_w");
}

}  // namespace kinglet
