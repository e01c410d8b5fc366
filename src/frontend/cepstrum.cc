#include "frontend/cepstrum.h"

#include <cmath>
#include <numbers>

namespace kinglet {

std::vector<float> Cepstrum(std::span<const float> decibels, std::int64_t bands,
                            std::int64_t coefficients, std::int64_t width) {
  const std::size_t frames = decibels.size() / bands;
  const auto count = static_cast<double>(bands);
  std::vector<float> out;
  std::vector<double> row(width);
  for (std::int64_t j = 0; j < coefficients; ++j) {
    row.assign(row.size(), 0.0);
    const double norm = std::sqrt((j == 0 ? 1.0 : 2.0) / count);
    for (std::int64_t m = 0; m < bands; ++m) {
      const double turn = static_cast<double>(j) * static_cast<double>(2 * m + 1);
      const double factor = norm * std::cos(std::numbers::pi * turn / (2 * count));
      for (std::int64_t t = 0; t < width; ++t) {
        row[t] += factor * decibels[m * frames + t];
      }
    }
    out.insert(out.end(), row.begin(), row.end());
  }
  return out;
}

}  // namespace kinglet
