// All sums in double, in the order of the samples and elements.
#include "verify/comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace kinglet {
namespace {

constexpr double kZeroNorm = 1e-8;
constexpr double kSmallestProduct = 1e-16;
constexpr double kTailPercent = 5;
constexpr std::size_t kTop = 5;
constexpr std::size_t kResamplings = 1000;
constexpr std::uint64_t kBootstrapSeed = 1;

std::size_t Largest(std::span<const float> values) {
  return static_cast<std::size_t>(
      std::distance(values.begin(), std::ranges::max_element(values)));
}

/// Fewer than five elements are larger than element `index`.
bool IsAmongTop(std::span<const float> values, std::size_t index) {
  const float value = values[index];
  const auto larger =
      std::ranges::count_if(values, [value](float other) { return other > value; });
  return static_cast<std::size_t>(larger) < kTop;
}

/// Cosine of the vectors less their offsets.
double CosineAround(std::span<const float> a, double offset_a, std::span<const float> b,
                    double offset_b) {
  Check(a.size() == b.size(), "vectors of equal length");
  double product = 0;
  double norm_a = 0;
  double norm_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]) - offset_a;
    const double y = static_cast<double>(b[i]) - offset_b;
    product += x * y;
    norm_a += x * x;
    norm_b += y * y;
  }
  norm_a = std::sqrt(norm_a);
  norm_b = std::sqrt(norm_b);
  if (norm_a < kZeroNorm && norm_b < kZeroNorm) return 1;
  return product / std::max(norm_a * norm_b, kSmallestProduct);
}

double MeanOf(std::span<const float> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

Interval Middle(const std::vector<double>& values) {
  constexpr double kLow = 2.5;
  constexpr double kHigh = 97.5;
  return {Percentile(values, kLow), Percentile(values, kHigh)};
}

}  // namespace

double CosineSimilarity(std::span<const float> a, std::span<const float> b) {
  return CosineAround(a, 0, b, 0);
}

double PearsonCorrelation(std::span<const float> a, std::span<const float> b) {
  return CosineAround(a, MeanOf(a), b, MeanOf(b));
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

SampleComparison CompareSample(std::span<const float> reference,
                               std::span<const float> candidate) {
  SampleComparison result{.cosine = CosineSimilarity(reference, candidate),
                          .pearson = PearsonCorrelation(reference, candidate)};
  if (reference.empty()) return result;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double difference = static_cast<double>(reference[i]) - candidate[i];
    result.mse += difference * difference;
    result.mae += std::abs(difference);
    result.max_abs = std::max(result.max_abs, std::abs(difference));
  }
  const auto count = static_cast<double>(reference.size());
  result.mse /= count;
  result.mae /= count;
  const std::size_t largest = Largest(reference);
  result.top1 = largest == Largest(candidate);
  result.top5 = IsAmongTop(candidate, largest);
  return result;
}

Comparison Summarize(std::span<const SampleComparison> samples) {
  Check(!samples.empty(), "samples to summarize");
  const auto n = static_cast<double>(samples.size());
  const auto mean = [&](auto member) {
    double sum = 0;
    for (const SampleComparison& sample : samples) {
      sum += static_cast<double>(sample.*member);
    }
    return sum / n;
  };
  std::vector<double> cosines;
  double largest = 0;
  for (const SampleComparison& sample : samples) {
    cosines.push_back(sample.cosine);
    largest = std::max(largest, sample.max_abs);
  }
  return {.samples = samples.size(),
          .cosine_mean = mean(&SampleComparison::cosine),
          .cosine_p05 = Percentile(cosines, kTailPercent),
          .cosine_min = std::ranges::min(cosines),
          .pearson_mean = mean(&SampleComparison::pearson),
          .mse = mean(&SampleComparison::mse),
          .mae = mean(&SampleComparison::mae),
          .max_abs = largest,
          .top1_agreement = mean(&SampleComparison::top1),
          .top5_agreement = mean(&SampleComparison::top5)};
}

Comparison Compare(std::span<const OutputVector> reference,
                   std::span<const OutputVector> candidate) {
  Check(reference.size() == candidate.size(), "samples to compare");
  std::vector<SampleComparison> samples;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    samples.push_back(CompareSample(reference[i], candidate[i]));
  }
  return Summarize(samples);
}

ComparisonIntervals Bootstrap(std::span<const SampleComparison> samples) {
  std::mt19937_64 random(kBootstrapSeed);
  std::vector<Comparison> figures;
  std::vector<SampleComparison> drawn(samples.size());
  for (std::size_t i = 0; i < kResamplings; ++i) {
    for (SampleComparison& sample : drawn) sample = samples[random() % samples.size()];
    figures.push_back(Summarize(drawn));
  }
  const auto interval = [&figures](double Comparison::*member) {
    std::vector<double> values;
    values.reserve(figures.size());
    for (const Comparison& figure : figures) values.push_back(figure.*member);
    return Middle(values);
  };
  return {.cosine_mean = interval(&Comparison::cosine_mean),
          .cosine_p05 = interval(&Comparison::cosine_p05),
          .pearson_mean = interval(&Comparison::pearson_mean),
          .mse = interval(&Comparison::mse),
          .top1_agreement = interval(&Comparison::top1_agreement)};
}

std::vector<double> MeanShifts(std::span<const OutputVector> reference,
                               std::span<const OutputVector> candidate) {
  Check(!reference.empty() && reference.size() == candidate.size(), "samples to compare");
  std::vector<double> shifts(reference[0].size());
  for (std::size_t i = 0; i < reference.size(); ++i) {
    for (std::size_t c = 0; c < shifts.size(); ++c) {
      shifts[c] += static_cast<double>(candidate[i][c]) - reference[i][c];
    }
  }
  for (double& shift : shifts) shift /= static_cast<double>(reference.size());
  return shifts;
}

}  // namespace kinglet
