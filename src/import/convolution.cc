#include "import/convolution.h"

#include <fmt/format.h>

namespace kinglet {

Window WindowOf(const LayerContext& context, std::size_t spatial_axes) {
  const Ints kernel = context.PerAxis("kernel_size", spatial_axes, 1);
  const Ints strides = context.PerAxis("strides", spatial_axes, 1);
  const Ints dilation = context.PerAxis("dilation_rate", spatial_axes, 1);
  for (const Ints* sizes : {&kernel, &strides, &dilation}) {
    for (const std::int64_t size : *sizes) {
      if (size < 1) context.Corrupt("a size, stride or dilation below 1");
    }
  }
  Window window{.kernel_w = kernel.back(),
                .stride_w = strides.back(),
                .dilation_w = dilation.back()};
  if (spatial_axes == 2) {
    window.kernel_h = kernel[0];
    window.stride_h = strides[0];
    window.dilation_h = dilation[0];
  }
  const std::string padding = context.Text("padding", "valid");
  window.is_causal = padding == "causal" && spatial_axes == 1;
  if (padding == "same") window.padding = Padding::kSame;
  if (padding != "same" && padding != "valid" && !window.is_causal) {
    context.Refuse(fmt::format("padding '{}'", padding));
  }
  return window;
}

Tensor KernelVariable(const LayerContext& context, std::size_t index,
                      const Window& window, std::size_t spatial_axes, const Shape& rest) {
  Shape image = {window.kernel_h, window.kernel_w};
  image.insert(image.end(), rest.begin(), rest.end());
  const Shape stored(image.begin() + (spatial_axes == 1 ? 1 : 0), image.end());
  return context.Variable("", index, stored).Reshaped(image);
}

Tensor DepthwiseKernel(const Tensor& kernel) {
  const Shape& in = kernel.shape();
  return kernel.Reshaped({1, in[0], in[1], in[2] * in[3]});
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
