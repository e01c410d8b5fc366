#include "tune/trial.h"

#include <cmath>

#include "run/executor.h"
#include "run/samples.h"

namespace kinglet {

std::vector<Outputs> OutputsOf(const Graph& graph, const SampleRefs& samples,
                               std::size_t workers) {
  const Executor executor(graph);
  std::vector<Executor::Context> contexts = ContextsFor(executor, workers);
  std::vector<Outputs> outputs(samples.size());
  ForEachSample(samples.size(), workers, [&](std::size_t worker, std::size_t s) {
    for (const Tensor& tensor : executor.Run(contexts[worker], *samples[s])) {
      if (tensor.dtype() != DType::kFloat32) continue;
      const auto floats = tensor.Data<float>();
      outputs[s].insert(outputs[s].end(), floats.begin(), floats.end());
    }
  });
  return outputs;
}

namespace {

constexpr double kLost = 1e15;  // stands for an output that is not finite

/// What the float model itself doesn't know, nothing is measured by.
double Difference(float wanted, float got) {
  if (!std::isfinite(wanted)) return 0;
  return std::isfinite(got) ? static_cast<double>(wanted) - got : kLost;
}

}  // namespace

std::vector<SampleError> ErrorsOf(std::span<const Outputs> reference,
                                  std::span<const Outputs> candidate) {
  constexpr double kFloor = 0.01;
  std::vector<SampleError> errors(reference.size());
  std::vector<double> powers(reference.size());
  double mean_power = 0;
  for (std::size_t s = 0; s < reference.size(); ++s) {
    const auto n = static_cast<double>(reference[s].size());
    for (std::size_t i = 0; i < reference[s].size(); ++i) {
      const double y = std::isfinite(reference[s][i]) ? reference[s][i] : 0;
      const double off = Difference(reference[s][i], candidate[s][i]);
      errors[s].squared += off * off / n;
      powers[s] += y * y / n;
    }
    mean_power += powers[s] / static_cast<double>(reference.size());
  }
  for (std::size_t s = 0; s < errors.size(); ++s) {
    const double power = powers[s] + kFloor * mean_power;
    errors[s].relative = power > 0 ? errors[s].squared / power : errors[s].squared;
  }
  return errors;
}

}  // namespace kinglet
