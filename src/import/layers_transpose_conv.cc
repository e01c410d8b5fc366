// Transposed convolutions. Per axis, with ke = (k - 1) d + 1 taps, input i adds to
// full[i s + t d], of length F = (n - 1) s + ke; the output is full from `crop` on, `out`
// elements. TRANSPOSE_CONV knows "valid" (crop 0) and "same" (crop as for a convolution
// from `out` to n); what is neither is computed as "valid" and cut.
#include <fmt/format.h>

#include <algorithm>

#include "import/convolution.h"
#include "import/layer_table.h"
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

Axis AxisOfSize(const LayerContext& context, std::int64_t in, std::int64_t kernel,
                std::int64_t stride, std::int64_t dilation,
                std::optional<std::int64_t> extra) {
  Axis axis{.in = in, .taps = (kernel - 1) * dilation + 1, .stride = stride};
  const std::int64_t full = (in - 1) * stride + axis.taps;
  if (context.Text("padding", "valid") == "valid") {
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

std::optional<std::int64_t> OutputPadding(const LayerContext& context,
                                          std::size_t spatial_axes, std::size_t axis) {
  if (context.Entry("output_padding").is_null()) return std::nullopt;
  return context.PerAxis("output_padding", spatial_axes, 0)[axis];
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

template <std::size_t kAxes>
std::vector<ValueId> BuildTransposed(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const Window window = WindowOf(context, kAxes);
  if (window.is_causal) context.Refuse("padding 'causal'");
  const ValueId x = form.In(context.Input());
  const Shape in = context.ShapeOf(x);
  const std::int64_t filters = context.Int("filters", 0);
  const Axis w = AxisOfSize(context, in[2], window.kernel_w, window.stride_w,
                            window.dilation_w, OutputPadding(context, kAxes, kAxes - 1));
  const Axis h = kAxes == 1
                     ? Axis{}
                     : AxisOfSize(context, in[1], window.kernel_h, window.stride_h,
                                  window.dilation_h, OutputPadding(context, kAxes, 0));
  context.ExpectVariables("", VariablesWithBias(context, 1));
  const Tensor kernel = KernelVariable(context, 0, window, kAxes, {filters, in[3]});
  std::vector<ValueId> inputs = {
      x, context.Constant("kernel", SpreadKernel(kernel, window))};
  if (context.Flag("use_bias", true)) inputs.push_back(BiasOrZeros(context, 1, filters));
  const bool is_same = h.IsSame() && w.IsSame();
  const TransposeConv op{.padding = is_same ? Padding::kSame : Padding::kValid,
                         .stride_h = h.stride,
                         .stride_w = w.stride,
                         .out_h = is_same ? h.out : h.Whole(),
                         .out_w = is_same ? w.out : w.Whole()};
  ValueId y = context.Node(op, inputs);
  if (!is_same) {
    y = Sliced(context, y, 1, h.crop, h.crop + h.out, "crop_h");
    y = Sliced(context, y, 2, w.crop, w.crop + w.out, "crop_w");
  }
  return {ActivatedImage(context, form, y)};
}

const std::vector<std::string_view> kKeys = {
    "filters",       "kernel_size",    "strides",    "padding",  "data_format",
    "dilation_rate", "output_padding", "activation", "use_bias", "groups"};

}  // namespace

const std::vector<LayerRow>& TransposeConvolutionLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Conv1DTranspose", BuildTransposed<1>, "RESHAPE, TRANSPOSE_CONV, RESHAPE", kKeys},
      {"Conv2DTranspose", BuildTransposed<2>, "TRANSPOSE_CONV", kKeys},
  };
  return kRows;
}

}  // namespace kinglet
