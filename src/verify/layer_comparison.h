// Float and quantized graph side by side, tensor by tensor: where the loss comes from.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// One tensor that both graphs compute, over all samples.
struct LayerComparison {
  std::string name;
  Shape shape;
  double sqnr_db = 0;     ///< 10 log10(sum f^2 / sum (f - q)^2); infinity when equal
  double cosine = 1;      ///< over all elements of all samples
  double saturated = 0;   ///< share of values outside the representable range
  double steps_used = 0;  ///< share of the integer steps that occur
  float min = 0;          ///< of the float values
  float max = 0;
  /// How far the SQNR falls below that of the worst operand, in dB.
  double drop_db = 0;
};

/// Values of the same name and shape that are float in one graph and integer or float in
/// the other, in the order of computation. Copies of a result with dither count as one,
/// their mean; float values are scaled as equalization scaled the quantized ones.
/// `samples` holds the inputs of each sample, the same for both graphs. REQUIRES: equal
/// inputs of both graphs, at least one sample.
std::vector<LayerComparison> CompareLayers(const Graph& reference, const Graph& quantized,
                                           std::span<const std::vector<Tensor>> samples);

}  // namespace kinglet
