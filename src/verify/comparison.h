// How far one set of outputs is from another.
#pragma once

#include <span>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

/// All outputs of one sample, flattened and joined in the model's order.
using OutputVector = std::vector<float>;

/// Distances over samples; every sample counts alike.
struct Comparison {
  std::size_t samples = 0;
  double cosine_mean = 1;
  double cosine_p05 = 1;  ///< 5th percentile, linear interpolation
  double cosine_min = 1;
  double mse = 0;             ///< mean squared difference over all elements
  double mae = 0;             ///< mean absolute difference
  double max_abs = 0;         ///< largest absolute difference
  double top1_agreement = 1;  ///< share of samples with the same largest output
};

/// Cosine similarity in double precision; two vectors below 1e-8 in norm agree (1).
double CosineSimilarity(std::span<const float> a, std::span<const float> b);

/// REQUIRES: equally many samples of equal length, at least one.
Comparison Compare(std::span<const OutputVector> reference,
                   std::span<const OutputVector> candidate);

/// Linear interpolation between order statistics, as numpy.percentile.
/// REQUIRES: values not empty, 0 <= percent <= 100.
double Percentile(std::vector<double> values, double percent);

}  // namespace kinglet
