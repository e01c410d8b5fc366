// What the convolution layers share: windows, kernels, biases.
#pragma once

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

/// From kernel_size, strides, dilation_rate and padding.
/// @throws kUnsupported, kCorrupt naming the layer.
Window WindowOf(const LayerContext& context, std::size_t spatial_axes);

/// Variable `index` with the window's taps and `rest` behind them, as [kh,kw,...].
Tensor KernelVariable(const LayerContext& context, std::size_t index,
                      const Window& window, std::size_t spatial_axes, const Shape& rest);

/// [kh,kw,c,m] as [1,kh,kw,c*m].
Tensor DepthwiseKernel(const Tensor& kernel);

/// Number of variables of a layer with so many kernels.
std::size_t VariablesWithBias(const LayerContext& context, std::size_t kernels);

/// The stored bias, or zeros where the layer has none.
ValueId BiasOrZeros(const LayerContext& context, std::size_t index,
                    std::int64_t channels);

/// The layer's activation on a result, which is brought to the form of the layer's data.
ValueId ActivatedImage(const LayerContext& context, const ImageForm& form, ValueId y);

}  // namespace kinglet
