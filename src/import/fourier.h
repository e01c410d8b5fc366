// Fourier transforms as products with sines and cosines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "import/building_blocks.h"

namespace kinglet {

/// "hann", "hamming", ones for null, or the numbers of an array, as TensorFlow has them:
/// the period of an odd window is one sample less.
/// @throws kUnsupported for another name, kCorrupt for another number of samples.
std::vector<double> NamedWindow(const LayerContext& context, const Json& window,
                                std::int64_t length);

/// A window in the middle of `size` samples, zeros around it.
std::vector<double> InMiddle(const std::vector<double>& window, std::int64_t size);

/// Cosines, or negative sines, of the bins up to half the rate under a window:
/// [bins,1,size,1].
Tensor FourierKernel(const std::vector<double>& window, bool is_imaginary);

/// Strided frames of x [n,1,samples,1] times a kernel [filters,1,taps,1]:
/// [n,1,frames,filters].
ValueId OfFrames(const LayerContext& context, ValueId x, Tensor kernel,
                 std::int64_t stride, Padding padding, const std::string& name);

}  // namespace kinglet
