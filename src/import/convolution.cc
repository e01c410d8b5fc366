// Kernels are brought from Keras' layout (taps first, output last) to the graph's:
// [o,kh,kw,i] and [1,kh,kw,c*m].
#include "import/convolution.h"

#include <fmt/format.h>

#include "import/layout.h"

namespace kinglet {

namespace {

/// Zeros in front of a causal convolution, so that no output sees what follows it.
ValueId PaddedIfCausal(const LayerContext& context, ValueId x, const Window& window) {
  if (!window.is_causal) return x;
  const std::int64_t zeros = window.dilation_w * (window.kernel_w - 1);
  if (zeros == 0) return x;
  return context.Node(Pad{{0, 0, zeros, 0}, {0, 0, 0, 0}}, {x}, "pad");
}

template <typename Typed>
Typed Moving(const Window& window) {
  return {.padding = window.padding,
          .stride_h = window.stride_h,
          .stride_w = window.stride_w,
          .dilation_h = window.dilation_h,
          .dilation_w = window.dilation_w};
}

std::string KernelName(const std::string& suffix) {
  return suffix.empty() ? "kernel" : suffix + "/kernel";
}

}  // namespace

Window WindowFrom(const LayerContext& context, const WindowSizes& sizes,
                  const std::string& padding) {
  for (const Ints* each : {&sizes.kernel, &sizes.strides, &sizes.dilation}) {
    for (const std::int64_t size : *each) {
      if (size < 1) context.Corrupt("a size, stride or dilation below 1");
    }
  }
  Window window{.kernel_w = sizes.kernel.back(),
                .stride_w = sizes.strides.back(),
                .dilation_w = sizes.dilation.back()};
  const std::size_t spatial_axes = sizes.kernel.size();
  if (spatial_axes == 2) {
    window.kernel_h = sizes.kernel[0];
    window.stride_h = sizes.strides[0];
    window.dilation_h = sizes.dilation[0];
  }
  window.is_causal = padding == "causal" && spatial_axes == 1;
  if (padding == "same") window.padding = Padding::kSame;
  if (padding != "same" && padding != "valid" && !window.is_causal) {
    context.Refuse(fmt::format("padding '{}'", padding));
  }
  return window;
}

Window WindowOf(const LayerContext& context, std::size_t spatial_axes) {
  const auto sizes = [&](const char* key) {
    return context.PerAxis(key, spatial_axes, 1);
  };
  return WindowFrom(context,
                    {sizes("kernel_size"), sizes("strides"), sizes("dilation_rate")},
                    context.Text("padding", "valid"));
}

Tensor KernelVariable(const LayerContext& context, std::size_t index,
                      const Window& window, std::size_t spatial_axes, const Shape& rest) {
  Shape image = {window.kernel_h, window.kernel_w};
  image.insert(image.end(), rest.begin(), rest.end());
  const Shape stored(image.begin() + (spatial_axes == 1 ? 1 : 0), image.end());
  return context.Variable("", index, stored).Reshaped(image);
}

ValueId Convolved(const LayerContext& context, ValueId x, const Window& window,
                  const Tensor& kernel, ValueId bias, const std::string& suffix) {
  const std::int64_t channels = context.ShapeOf(x)[3];
  const std::int64_t each = kernel.shape()[2];
  const std::int64_t filters = kernel.shape()[3];
  if (channels % each != 0 || filters % (channels / each) != 0) {
    context.Corrupt(fmt::format("{} filters over {} channels each, of {} channels",
                                filters, each, channels));
  }
  const ValueId padded = PaddedIfCausal(context, x, window);
  const ValueId weights =
      context.Constant(KernelName(suffix), Permuted(kernel, {3, 0, 1, 2}));
  return context.Node(Moving<Conv2d>(window), {padded, weights, bias}, suffix);
}

ValueId ConvolvedDepthwise(const LayerContext& context, ValueId x, const Window& window,
                           const Tensor& kernel, ValueId bias,
                           const std::string& suffix) {
  const Shape& in = kernel.shape();
  const std::int64_t channels = context.ShapeOf(x)[3];
  if (in[2] != channels) {
    context.Corrupt(fmt::format("a kernel of {} channels for {}", in[2], channels));
  }
  const ValueId padded = PaddedIfCausal(context, x, window);
  const ValueId weights = context.Constant(
      KernelName(suffix), kernel.Reshaped({1, in[0], in[1], in[2] * in[3]}));
  return context.Node(Moving<DepthwiseConv2d>(window), {padded, weights, bias}, suffix);
}

ValueId ConvolvedSeparable(const LayerContext& context, ValueId x, const Window& window,
                           const Tensor& depthwise, const Tensor& pointwise,
                           ValueId bias) {
  const ValueId zeros = context.Constant(
      "depthwise/bias",
      Tensor(DType::kFloat32, {depthwise.shape()[2] * depthwise.shape()[3]}));
  const ValueId apart =
      ConvolvedDepthwise(context, x, window, depthwise, zeros, "depthwise");
  return Convolved(context, apart, Window{}, pointwise, bias);
}

std::size_t VariablesWithBias(const LayerContext& context, std::size_t kernels) {
  return kernels + (context.Flag("use_bias", true) ? 1 : 0);
}

ValueId BiasOrZeros(const LayerContext& context, std::size_t index,
                    std::int64_t channels) {
  if (!context.Flag("use_bias", true)) return context.ZeroBias(channels);
  return context.Constant("bias", context.Variable("", index, {channels}));
}

ValueId ActivatedImage(const LayerContext& context, const ImageForm& form, ValueId y) {
  const Json& activation = context.Entry("activation");
  // In front of the reshape, where it can be fused, unless it needs the layer's own axes.
  if (IsElementwise(activation)) {
    return form.Out(ApplyActivation(context, activation, y));
  }
  return ApplyActivation(context, activation, form.Out(y));
}

}  // namespace kinglet
