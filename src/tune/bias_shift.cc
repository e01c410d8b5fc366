#include "tune/bias_shift.h"

#include <algorithm>
#include <numeric>

namespace kinglet {
namespace {

double MeanOf(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

}  // namespace

double Combined(std::vector<double> values, BiasForm form) {
  constexpr std::size_t kTenth = 10;
  if (form == BiasForm::kNone) return 0;
  if (form == BiasForm::kMean) return MeanOf(values);
  const std::size_t n = values.size();
  std::ranges::sort(values);
  const std::size_t cut = form == BiasForm::kMedian ? (n - 1) / 2 : n / kTenth;
  return MeanOf(std::span<const double>(values).subspan(cut, n - 2 * cut));
}

double BeyondChance(double combined, std::span<const double> values) {
  if (values.size() == 1) return combined;
  const auto n = static_cast<double>(values.size());
  const double mean = MeanOf(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double by_chance = squares / (n - 1) / n;
  const double square = combined * combined;
  return square > 0 ? combined * square / (square + by_chance) : 0;
}

}  // namespace kinglet
