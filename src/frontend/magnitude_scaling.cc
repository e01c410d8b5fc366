#include "frontend/magnitude_scaling.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/kernels.h"

namespace kinglet {
namespace {

constexpr double kTiny = 1e-10;

float Decibels(float power) {
  return 10.0F * std::log10(std::max(static_cast<float>(kTiny), power));
}

void DecibelsRelativeTo(double reference_power, std::span<float> powers) {
  constexpr double kTopDb = 80.0;
  const auto reference =
      static_cast<float>(10.0 * std::log10(std::max(kTiny, reference_power)));
  for (float& power : powers) power = Decibels(power) - reference;
  const auto floor = static_cast<float>(std::ranges::max(powers) - kTopDb);
  for (float& power : powers) power = std::max(power, floor);
}

/// Smoother of librosa.pcen: a first-order low pass whose state starts at that of a
/// constant 1.
class Smoother {
 public:
  Smoother(double sample_rate_hz, double hop) {
    constexpr double kTimeConstant = 0.4;
    const double frames = kTimeConstant * sample_rate_hz / hop;
    b_ = (std::sqrt(1 + 4 * frames * frames) - 1) / (2 * frames * frames);
    state_ = 1 - b_;
  }

  double Next(double x) {
    const double smooth = b_ * x + state_;
    state_ = -(b_ - 1) * smooth;
    return smooth;
  }

 private:
  double b_;
  double state_;
};

double Pcen(double x, double smooth) {
  constexpr double kGain = 0.98;
  constexpr double kBias = 2.0;
  constexpr double kPower = 0.5;
  constexpr double kEpsilon = 1e-6;
  const double gain =
      std::exp(-kGain * (std::log(kEpsilon) + std::log1p(smooth / kEpsilon)));
  return std::pow(kBias, kPower) * std::expm1(kPower * std::log1p(x * gain / kBias));
}

}  // namespace

void NormalizeToUnit(std::span<float> values) {
  const auto n = static_cast<Size>(values.size());
  const Extremes extremes = Kernels().extremes(n, values.data());
  const auto range =
      static_cast<float>(static_cast<double>(extremes.max - extremes.min) + kTiny);
  const auto apply = [&](BinaryOp op, const float& constant) {
    Kernels().binary(op, {.rows = 1,
                          .columns = n,
                          .a = values.data(),
                          .a_row = 0,
                          .a_column = 1,
                          .b = &constant,
                          .b_row = 0,
                          .b_column = 0,
                          .out = values.data(),
                          .clamp = {}});
  };
  apply(BinaryOp::kSub, extremes.min);
  apply(BinaryOp::kDiv, range);
}

void ScalePwl(std::span<float> values) {
  NormalizeToUnit(values);
  for (float& value : values) {
    const float z = value;
    value = 0.40F * z + 0.25F * std::max(z - 0.10F, 0.0F) +
            0.15F * std::max(z - 0.35F, 0.0F) + 0.08F * std::max(z - 0.65F, 0.0F);
  }
  NormalizeToUnit(values);
}

void PowerToDecibels(std::span<float> powers) {
  DecibelsRelativeTo(std::ranges::max(powers), powers);
}

void MagnitudeToDecibels(std::span<float> magnitudes) {
  const double largest = std::ranges::max(magnitudes);
  for (float& value : magnitudes) value *= value;
  DecibelsRelativeTo(largest * largest, magnitudes);
}

void ScalePcen(std::span<float> values, std::int64_t frames, std::int64_t sample_rate_hz,
               std::int64_t hop) {
  constexpr double kFullScale = 2147483648.0;
  std::vector<double> scaled(values.size());
  for (std::size_t row = 0; row < values.size(); row += frames) {
    Smoother smoother(static_cast<double>(sample_rate_hz), static_cast<double>(hop));
    for (std::size_t i = row; i < row + frames; ++i) {
      const double x = values[i] * kFullScale;
      scaled[i] = Pcen(x, smoother.Next(x));
    }
  }
  const auto [min, max] = std::ranges::minmax(scaled);
  const double low = min;
  const double range = max - min + kTiny;
  std::ranges::transform(scaled, values.begin(), [&](double value) {
    return static_cast<float>((value - low) / range);
  });
}

}  // namespace kinglet
