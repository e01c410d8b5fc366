#include "tune/contest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "tune/folds.h"

namespace kinglet {
namespace {

constexpr std::size_t kDraws = 1000;
constexpr std::uint64_t kBootstrapSeed = 5;
constexpr double kIntervalTail = 0.05;
constexpr double kNothing = 1e-30;  // an error of zero over one of zero is a tie
// Of the baseline's mean loss: what lies far below differs by chance alone.
constexpr double kNegligible = 1e-3;
// The mean logarithm of what recipe default left of TensorFlow's error on samples that no
// choice saw, over some 280 models. They spread by 0.56; it counts as surer than that, as
// ratios from few files scatter more than resampling those tells.
constexpr UsualStep kUsualGain = {-0.2, 0.2};
constexpr double kLeastSpread = 1e-3;  // where all files say the same
constexpr double kWorthwhile = 0.97;

// What is written is fitted on all samples, and where its roundings fall is another draw
// than in the fits that were judged: changes without meaning moved the logarithm of the
// error by so much.
constexpr double kLuck = 0.1;

double Ratio(double a, double b) { return (a + kNothing) / (b + kNothing); }

/// The mean of a normal posterior of the logarithm of a ratio that was measured, and is
/// usually exp(usual.mean), times or by exp(usual.spread); `luck` is how much it would
/// spread if all files said the same.
double ExpectedLog(const ErrorRatio& error, const UsualStep& usual, double luck) {
  constexpr double kTailsOfNormal = 3.29;  // standard deviations between 5 % and 95 %
  const double spread = std::log(Ratio(error.high, error.low)) / kTailsOfNormal;
  const double weight = 1 / (spread * spread + luck * luck);
  const double usual_weight = 1 / (usual.spread * usual.spread);
  return (weight * std::log(error.ratio + kNothing) + usual_weight * usual.mean) /
         (weight + usual_weight);
}

struct Sums {
  double candidate = 0;
  double other = 0;
  double samples = 0;
};

std::vector<Sums> ByFile(std::span<const double> candidate, std::span<const double> other,
                         std::span<const std::size_t> files) {
  std::map<std::size_t, Sums> sums;
  for (std::size_t i = 0; i < files.size(); ++i) {
    sums[files[i]].candidate += candidate[i];
    sums[files[i]].other += other[i];
    sums[files[i]].samples += 1;
  }
  std::vector<Sums> list;
  list.reserve(sums.size());
  for (const auto& [file, sum] : sums) list.push_back(sum);
  return list;
}

}  // namespace

std::vector<double> Losses(std::span<const SampleError> baseline,
                           std::span<const SampleError> candidate) {
  const auto n = static_cast<double>(baseline.size());
  double squared = 0;
  double relative = 0;
  for (const SampleError& error : baseline) {
    squared += error.squared / n;
    relative += error.relative / n;
  }
  std::vector<double> losses;
  for (const SampleError& error : candidate) {
    losses.push_back((Ratio(error.squared, squared) + Ratio(error.relative, relative)) /
                     2);
  }
  return losses;
}

double TypicalRatio(std::span<const double> candidate, std::span<const double> other,
                    std::span<const std::size_t> files) {
  const std::vector<Sums> by_file = ByFile(candidate, other, files);
  double logs = 0;
  for (const Sums& file : by_file) {
    const double least = kNegligible * file.samples;
    logs += std::log((file.candidate + least) / (file.other + least));
  }
  return std::exp(logs / static_cast<double>(by_file.size()));
}

bool IsWorthwhile(const ErrorRatio& error) {
  return ExpectedLog(error, kUsualGain, kLeastSpread) < std::log(kWorthwhile);
}

bool IsExpectedGain(const ErrorRatio& step, const UsualStep& usual) {
  return ExpectedLog(step, usual, kLuck) < 0;
}

ErrorRatio Compare(std::span<const double> candidate, std::span<const double> other,
                   std::span<const std::size_t> files) {
  const std::vector<Sums> by_file = ByFile(candidate, other, files);
  FixedRandom random(kBootstrapSeed);
  std::vector<double> ratios;
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    Sums sums;
    for (std::size_t i = 0; i < by_file.size(); ++i) {
      const Sums& drawn = by_file[random.Below(by_file.size())];
      sums.candidate += drawn.candidate;
      sums.other += drawn.other;
    }
    ratios.push_back(Ratio(sums.candidate, sums.other));
  }
  std::ranges::sort(ratios);
  const auto tail = static_cast<std::size_t>(kIntervalTail * kDraws);
  return {Ratio(std::accumulate(candidate.begin(), candidate.end(), 0.0),
                std::accumulate(other.begin(), other.end(), 0.0)),
          ratios[tail], ratios[kDraws - 1 - tail]};
}

}  // namespace kinglet
