#include "tune/stability.h"

#include <cmath>

namespace kinglet {
namespace {

/// Sum of a * b, without what is not finite.
double Product(const Outputs& a, const Outputs& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double product = static_cast<double>(a[i]) * b[i];
    if (std::isfinite(product)) sum += product;
  }
  return sum;
}

double Distance(std::span<const Outputs> a, std::span<const Outputs> b, double power) {
  double sum = 0;
  for (std::size_t s = 0; s < a.size(); ++s) {
    for (std::size_t i = 0; i < a[s].size(); ++i) {
      const double off = static_cast<double>(a[s][i]) - b[s][i];
      if (std::isfinite(off)) sum += off * off;
    }
  }
  return power > 0 ? std::sqrt(sum / power) : std::sqrt(sum);
}

double MeanCosine(std::span<const Outputs> a, std::span<const Outputs> b) {
  double sum = 0;
  for (std::size_t s = 0; s < a.size(); ++s) {
    const double norms = std::sqrt(Product(a[s], a[s]) * Product(b[s], b[s]));
    sum += norms > 0 ? Product(a[s], b[s]) / norms : 1;
  }
  return sum / static_cast<double>(a.size());
}

}  // namespace

Stability StabilityOf(std::span<const Outputs> reference, std::span<const Outputs> whole,
                      const std::array<std::vector<Outputs>, 2>& halves) {
  double power = 0;
  for (const Outputs& outputs : reference) power += Product(outputs, outputs);
  return {.apart = Distance(halves[0], halves[1], power),
          .halves = {Distance(reference, halves[0], power),
                     Distance(reference, halves[1], power)},
          .whole = Distance(reference, whole, power),
          .cosine = MeanCosine(halves[0], halves[1])};
}

}  // namespace kinglet
