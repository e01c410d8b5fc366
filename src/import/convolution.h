// What the convolution layers share: windows, kernels, biases.
#pragma once

#include <string>
#include <vector>

#include "import/building_blocks.h"

namespace kinglet {

/// How a kernel moves over a picture; over a series along its width.
struct Window {
  Padding padding = Padding::kValid;
  bool is_causal = false;
  std::int64_t kernel_h = 1;
  std::int64_t kernel_w = 1;
  std::int64_t stride_h = 1;
  std::int64_t stride_w = 1;
  std::int64_t dilation_h = 1;
  std::int64_t dilation_w = 1;
};

/// One number per spatial axis.
struct WindowSizes {
  Ints kernel;
  Ints strides;
  Ints dilation;
};

/// @throws kUnsupported for a padding that is not known, kCorrupt for sizes below 1.
Window WindowFrom(const LayerContext& context, const WindowSizes& sizes,
                  const std::string& padding);

/// From kernel_size, strides, dilation_rate and padding.
/// @throws as WindowFrom.
Window WindowOf(const LayerContext& context, std::size_t spatial_axes);

/// Variable `index` with the window's taps and `rest` behind them, as [kh,kw,...].
Tensor KernelVariable(const LayerContext& context, std::size_t index,
                      const Window& window, std::size_t spatial_axes, const Shape& rest);

/// x [n,h,w,c] through a kernel as Keras has it: [kh,kw,c/groups,o]; zeros in front where
/// the window is causal. @throws kCorrupt unless channels and kernel fit.
ValueId Convolved(const LayerContext& context, ValueId x, const Window& window,
                  const Tensor& kernel, ValueId bias, const std::string& suffix = "");

/// The same with a kernel [kh,kw,c,m], each channel for itself.
ValueId ConvolvedDepthwise(const LayerContext& context, ValueId x, const Window& window,
                           const Tensor& kernel, ValueId bias,
                           const std::string& suffix = "");

/// A depthwise convolution without bias, then one of single taps [1,1,c*m,o].
ValueId ConvolvedSeparable(const LayerContext& context, ValueId x, const Window& window,
                           const Tensor& depthwise, const Tensor& pointwise,
                           ValueId bias);

/// Number of variables of a layer with so many kernels.
std::size_t VariablesWithBias(const LayerContext& context, std::size_t kernels);

/// The stored bias, or zeros where the layer has none.
ValueId BiasOrZeros(const LayerContext& context, std::size_t index,
                    std::int64_t channels);

/// The layer's activation on a result, which is brought to the form of the layer's data.
ValueId ActivatedImage(const LayerContext& context, const ImageForm& form, ValueId y);

}  // namespace kinglet
