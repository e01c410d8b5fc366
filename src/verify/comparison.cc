// All sums in double, in the order of the samples and elements.
#include "verify/comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kinglet {
namespace {

constexpr double kZeroNorm = 1e-8;
constexpr double kSmallestProduct = 1e-16;
constexpr double kTailPercent = 5;

std::ptrdiff_t Largest(std::span<const float> values) {
  return std::distance(values.begin(), std::ranges::max_element(values));
}

/// Running sums over elements.
struct Errors {
  double squared = 0;
  double absolute = 0;
  double largest = 0;
  std::size_t count = 0;

  void Add(std::span<const float> a, std::span<const float> b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double difference = static_cast<double>(a[i]) - b[i];
      squared += difference * difference;
      absolute += std::abs(difference);
      largest = std::max(largest, std::abs(difference));
    }
    count += a.size();
  }
};

}  // namespace

double CosineSimilarity(std::span<const float> a, std::span<const float> b) {
  Check(a.size() == b.size(), "vectors of equal length");
  double product = 0;
  double norm_a = 0;
  double norm_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += static_cast<double>(a[i]) * b[i];
    norm_a += static_cast<double>(a[i]) * a[i];
    norm_b += static_cast<double>(b[i]) * b[i];
  }
  norm_a = std::sqrt(norm_a);
  norm_b = std::sqrt(norm_b);
  if (norm_a < kZeroNorm && norm_b < kZeroNorm) return 1;
  return product / std::max(norm_a * norm_b, kSmallestProduct);
}

double Percentile(std::vector<double> values, double percent) {
  Check(!values.empty(), "values to rank");
  std::ranges::sort(values);
  const double position = percent / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  const double share = position - static_cast<double>(below);
  return values[below] + share * (values[above] - values[below]);
}

Comparison Compare(std::span<const OutputVector> reference,
                   std::span<const OutputVector> candidate) {
  Check(!reference.empty() && reference.size() == candidate.size(), "samples to compare");
  std::vector<double> cosines;
  Errors errors;
  std::size_t agreeing = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    cosines.push_back(CosineSimilarity(reference[i], candidate[i]));
    errors.Add(reference[i], candidate[i]);
    if (Largest(reference[i]) == Largest(candidate[i])) ++agreeing;
  }
  const auto samples = static_cast<double>(reference.size());
  const auto elements = static_cast<double>(std::max<std::size_t>(errors.count, 1));
  return {.samples = reference.size(),
          .cosine_mean = std::accumulate(cosines.begin(), cosines.end(), 0.0) / samples,
          .cosine_p05 = Percentile(cosines, kTailPercent),
          .cosine_min = std::ranges::min(cosines),
          .mse = errors.squared / elements,
          .mae = errors.absolute / elements,
          .max_abs = errors.largest,
          .top1_agreement = static_cast<double>(agreeing) / samples};
}

}  // namespace kinglet
