// How far one set of outputs is from another.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

/// All outputs of one sample, flattened and joined in the model's order.
using OutputVector = std::vector<float>;

/// Distances of one sample.
struct SampleComparison {
  double cosine = 1;
  double pearson = 1;
  double mse = 0;      ///< mean squared difference
  double mae = 0;      ///< mean absolute difference
  double max_abs = 0;  ///< largest absolute difference
  bool top1 = true;    ///< both have the same largest output
  bool top5 = true;    ///< the reference's largest is among the candidate's five largest
};

/// Distances over samples; every sample counts alike.
struct Comparison {
  std::size_t samples = 0;
  double cosine_mean = 1;
  double cosine_p05 = 1;  ///< 5th percentile, linear interpolation
  double cosine_min = 1;
  double pearson_mean = 1;
  double mse = 0;
  double mae = 0;
  double max_abs = 0;
  double top1_agreement = 1;  ///< share of samples
  double top5_agreement = 1;
};

/// The middle 95 % of a figure over resamplings.
struct Interval {
  double low = 0;
  double high = 0;
};

/// 95 % confidence intervals of the figures of a Comparison.
struct ComparisonIntervals {
  Interval cosine_mean;
  Interval cosine_p05;
  Interval pearson_mean;
  Interval mse;
  Interval top1_agreement;
};

/// Cosine similarity in double precision; two vectors below 1e-8 in norm agree (1).
double CosineSimilarity(std::span<const float> a, std::span<const float> b);

/// Pearson's correlation coefficient in double precision: the cosine of the deviations
/// from the means. Two constant vectors agree (1).
double PearsonCorrelation(std::span<const float> a, std::span<const float> b);

/// REQUIRES: vectors of equal length.
SampleComparison CompareSample(std::span<const float> reference,
                               std::span<const float> candidate);

/// REQUIRES: at least one sample.
Comparison Summarize(std::span<const SampleComparison> samples);

/// REQUIRES: equally many samples of equal length, at least one.
Comparison Compare(std::span<const OutputVector> reference,
                   std::span<const OutputVector> candidate);

/// Percentile bootstrap: the samples are drawn anew with replacement 1000 times, with a
/// fixed seed (Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13).
/// REQUIRES: at least one sample.
ComparisonIntervals Bootstrap(std::span<const SampleComparison> samples);

/// Mean over samples of candidate - reference, one a output element.
/// REQUIRES: as Compare.
std::vector<double> MeanShifts(std::span<const OutputVector> reference,
                               std::span<const OutputVector> candidate);

/// Linear interpolation between order statistics, as numpy.percentile.
/// REQUIRES: values not empty, 0 <= percent <= 100.
double Percentile(std::vector<double> values, double percent);

}  // namespace kinglet
