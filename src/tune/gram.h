// Second moments of what a quantized linear layer reads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/tensor.h"
#include "ops/linear.h"

namespace kinglet {

/// Of one group of channels: inputs in the order taps, then channels of the group.
struct Gram {
  std::size_t size = 0;
  std::vector<double> moments;  ///< [size][size], of deviations from the mean
  /// [size][size], of the deviations of integers with those of the float inputs, both in
  /// steps of the input's scale; empty when not asked for.
  std::vector<double> cross = {};
};

/// Where a layer's inputs are found, by sample.
struct LayerInputs {
  using Source = std::function<const Tensor&(std::size_t sample)>;
  std::size_t samples = 0;
  Source integers;  ///< int8
  double scale = 1;
  std::int32_t zero_point = 0;
  Source floats = nullptr;  ///< what the float graph has there; null leaves out `cross`
};

/// One for each group, over output positions of all samples, evenly thinned out where
/// there are more than the work allows. The result doesn't depend on the number of
/// workers.
std::vector<Gram> GramsOf(const LinearGeometry& linear, const LayerInputs& inputs,
                          std::size_t workers);

}  // namespace kinglet
