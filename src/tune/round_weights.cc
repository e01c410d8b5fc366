// Minimizes e' H e for e = s q - w, H the second moments of the inputs with a small
// ridge. First as in GPTQ (Frantar et al., 2023): in order of falling H_kk each weight is
// rounded and its error is passed on to those after it. With rows in rising order and H =
// L L', what a unit of error in k does to an earlier row j is M_kj / M_kk, M the inverse
// of L. Then rounds of coordinate descent: q_k <- round(q_k - (H e)_k / (s H_kk)).
#include "tune/round_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "run/samples.h"

namespace kinglet {
namespace {

constexpr double kRidge = 0.01;  // of the mean of the diagonal
constexpr double kLargest = 127;
constexpr int kSweeps = 6;

using Matrix = std::vector<double>;  // square, row-major

/// H with its ridge, rows and columns in the order of rising diagonal.
struct Ordered {
  std::size_t n = 0;
  std::vector<std::size_t> order;
  Matrix h;
  Matrix inverse_factor;  ///< M
  double ridge = 0;
};

/// to += factor * from, over the first `n`.
void AddScaled(double factor, const double* from, std::size_t n, double* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

/// Lower triangular L with M = L L'. REQUIRES: positive definite.
Matrix Cholesky(Matrix m, std::size_t n) {
  constexpr double kSmallest = 1e-300;
  std::vector<double> column(n);
  for (std::size_t k = 0; k < n; ++k) {
    const double pivot = std::sqrt(std::max(m[k * n + k], kSmallest));
    m[k * n + k] = pivot;
    for (std::size_t i = k + 1; i < n; ++i) column[i] = m[i * n + k] /= pivot;
    for (std::size_t i = k + 1; i < n; ++i) {
      AddScaled(-column[i], &column[k + 1], i - k, &m[i * n + k + 1]);
    }
  }
  return m;
}

/// Inverse of a lower triangular matrix; what stands above the diagonal is ignored.
Matrix InverseOf(const Matrix& lower, std::size_t n) {
  Matrix inverse(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    double* row = &inverse[i * n];
    for (std::size_t k = 0; k < i; ++k) {
      AddScaled(-lower[i * n + k], &inverse[k * n], k + 1, row);
    }
    row[i] = 1;
    for (std::size_t j = 0; j <= i; ++j) row[j] /= lower[i * n + i];
  }
  return inverse;
}

Ordered Prepare(const Gram& gram) {
  constexpr double kSmallest = 1e-9;
  const std::size_t n = gram.size;
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += gram.moments[i * n + i];
  const double ridge = std::max(kRidge * trace / static_cast<double>(n), kSmallest);
  Ordered ordered{n, std::vector<std::size_t>(n), Matrix(n * n), {}, ridge};
  std::iota(ordered.order.begin(), ordered.order.end(), std::size_t{0});
  std::ranges::stable_sort(ordered.order, std::less<>(),
                           [&](std::size_t i) { return gram.moments[i * n + i]; });
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      ordered.h[i * n + j] = gram.moments[ordered.order[i] * n + ordered.order[j]];
    }
    ordered.h[i * n + i] += ridge;
  }
  ordered.inverse_factor = InverseOf(Cholesky(ordered.h, n), n);
  return ordered;
}

double Rounded(double steps) {
  return std::clamp(std::round(steps), -kLargest, kLargest);
}

/// One output channel: weights in steps, in the order of `ordered`; returns integers.
std::vector<double> PassErrorsOn(const Ordered& ordered, std::vector<double> wanted) {
  const std::size_t n = ordered.n;
  std::vector<double> integers(n);
  for (std::size_t k = n; k-- > 0;) {
    integers[k] = Rounded(wanted[k]);
    const double* row = &ordered.inverse_factor[k * n];
    AddScaled(-(wanted[k] - integers[k]) / row[k], row, k, wanted.data());
  }
  return integers;
}

/// The weights that the integers' deviations want in place of the float ones:
/// (H + ridge)^-1 (C w + ridge w), C the moments with the float inputs.
std::vector<double> Retargeted(const Ordered& ordered, const Gram& gram,
                               const std::vector<double>& weights) {
  const std::size_t n = ordered.n;
  std::vector<double> target(n);
  for (std::size_t i = 0; i < n; ++i) {
    target[i] = ordered.ridge * weights[i];
    for (std::size_t j = 0; j < n; ++j) {
      target[i] += gram.cross[ordered.order[i] * n + ordered.order[j]] * weights[j];
    }
  }
  std::vector<double> halfway(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      halfway[i] += ordered.inverse_factor[i * n + j] * target[j];
    }
  }
  std::vector<double> solved(n);
  for (std::size_t i = 0; i < n; ++i) {
    AddScaled(halfway[i], &ordered.inverse_factor[i * n], i + 1, solved.data());
  }
  return solved;
}

std::vector<double> Descend(const Ordered& ordered, const std::vector<double>& wanted,
                            std::vector<double> integers) {
  const std::size_t n = ordered.n;
  std::vector<double> gradient(n);
  for (std::size_t k = 0; k < n; ++k) {
    AddScaled(integers[k] - wanted[k], &ordered.h[k * n], n, gradient.data());
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    bool changed = false;
    for (std::size_t k = 0; k < n; ++k) {
      const double better = Rounded(integers[k] - gradient[k] / ordered.h[k * n + k]);
      const double change = better - integers[k];
      if (change == 0) continue;
      changed = true;
      integers[k] = better;
      AddScaled(change, &ordered.h[k * n], n, gradient.data());
    }
    if (!changed) break;
  }
  return integers;
}

}  // namespace

Tensor RoundWeights(const LinearGeometry& linear, const Tensor& weights,
                    std::span<const float> scales, std::span<const Gram> grams,
                    std::size_t workers) {
  Tensor rounded(DType::kInt8, weights.shape());
  const std::span<const float> from = weights.Data<float>();
  const std::span<std::int8_t> to = rounded.Data<std::int8_t>();
  const auto outs = static_cast<std::size_t>(linear.out_channels / linear.groups);
  ForEachGroup(grams.size(), workers, [&](std::size_t group, std::size_t within) {
    const Gram& gram = grams[group];
    const Ordered ordered = Prepare(gram);
    ForEachSample(outs, within, [&](std::size_t, std::size_t i) {
      const std::size_t out = group * outs + i;
      const double scale = scales[scales.size() == 1 ? 0 : out];
      const auto place = [&](std::size_t k) {
        const auto input = static_cast<Size>(ordered.order[k]);
        return static_cast<std::size_t>(linear.Weight(static_cast<Size>(out),
                                                      input / linear.Channels(),
                                                      input % linear.Channels()));
      };
      std::vector<double> wanted(ordered.n);
      for (std::size_t k = 0; k < ordered.n; ++k) wanted[k] = from[place(k)] / scale;
      if (!gram.cross.empty()) wanted = Retargeted(ordered, gram, wanted);
      const std::vector<double> integers =
          Descend(ordered, wanted, PassErrorsOn(ordered, wanted));
      for (std::size_t k = 0; k < ordered.n; ++k) {
        to[place(k)] = static_cast<std::int8_t>(integers[k]);
      }
    });
  });
  return rounded;
}

}  // namespace kinglet
