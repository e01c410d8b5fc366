// Logistic and tanh share a table of the logistic function at i / 24, scaled by 2^16 and
// raised by half of what a line to the next entry sags in its middle; tanh x =
// 2 logistic(2 x) - 1.
#include "kernels/int16_functions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "kernels/fixed_point.h"

namespace kinglet {
namespace {

constexpr int kSteps = 512;
constexpr std::size_t kLogistics = 256;

using LogisticTable = std::array<std::uint16_t, kLogistics>;

const LogisticTable& Logistics() {
  static const LogisticTable kTable = [] {
    LogisticTable table{};
    const auto at = [](double i) { return 65536.0 / (1.0 + std::exp(-i / 24.0)); };
    for (std::size_t i = 0; i < kLogistics; ++i) {
      const auto x = static_cast<double>(i);
      const double sag = at(x + 0.5) - (at(x) + at(x + 1)) / 2;
      table[i] = static_cast<std::uint16_t>(std::round(at(x) + sag / 2));
    }
    table.back() = 65535;
    return table;
  }();
  return kTable;
}

std::int16_t Saturated(std::int32_t x) {
  return static_cast<std::int16_t>(std::clamp<std::int32_t>(x, INT16_MIN, INT16_MAX));
}

/// Power of two of a scale that is one, all but a thousandth.
std::optional<int> PowerOfTwo(float scale) {
  const float power = std::log2(scale);
  const float rounded = std::round(power);
  if (std::fabs(power - rounded) >= 1e-3F) return std::nullopt;
  return static_cast<int>(rounded);
}

/// x * value / 2^shift.
struct Fraction {
  std::int32_t value;
  int shift;
};

/// From the scale to 1 / (3 * 2^12). Scales up to `exact_powers` times 2^-12 that are
/// powers of two need no rounding.
Fraction TowardTable(float scale, int exact_powers) {
  const std::optional<int> power = PowerOfTwo(scale);
  const int left = power.value_or(-1000) + 12;
  if (left >= 0 && left <= exact_powers) return {3 << left, 0};
  double multiplier = scale * 4096.0 * 3.0;
  int shift = 0;
  for (; multiplier <= 32767.0 / 2.0 && shift <= 30; ++shift) multiplier *= 2.0;
  return {static_cast<std::int32_t>(multiplier), shift};
}

std::int32_t Scaled(std::int16_t q, std::int32_t multiplier, int shift) {
  const std::int64_t half = shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
  return static_cast<std::int32_t>((std::int64_t{q} * multiplier + half) >> shift);
}

/// Between entry x >> bits and the next, times 2^bits; `beyond` after the last.
std::int32_t Interpolated(std::uint32_t x, int bits, std::int32_t beyond) {
  const std::size_t i = x >> bits;
  if (i >= kLogistics - 1) return beyond;
  const std::int32_t low = Logistics()[i];
  const std::int32_t high = Logistics()[i + 1];
  const auto part = static_cast<std::int32_t>(x & ((1U << bits) - 1));
  return (low << bits) + part * (high - low);
}

}  // namespace

template <typename Float>
InterpolationTable::InterpolationTable(Interval<Float> in,
                                       std::type_identity_t<Interval<Float>> out,
                                       const std::type_identity_t<Function<Float>>& f) {
  const Float step = (in.high - in.low) / kSteps;
  const Float half_step = step / 2;
  const Float factor = static_cast<Float>(65536) / (out.high - out.low);
  const auto saturated = [](Float y) {
    return static_cast<std::int16_t>(std::clamp<Float>(y, INT16_MIN, INT16_MAX));
  };
  for (int i = 0; i < kSteps; ++i) {
    const Float at = in.low + static_cast<Float>(i) * step;
    const Float here = std::round(f(at) * factor);
    const Float next = f(in.low + static_cast<Float>(i + 1) * step) * factor;
    const Float halfway = std::round(f(at + half_step) * factor);
    const Float error = std::round((next + here) / 2) - halfway;
    entries_[static_cast<std::size_t>(i)] = saturated(here - std::round(error / 2));
  }
  entries_.back() = saturated(std::round(f(in.high) * factor));
}

template InterpolationTable::InterpolationTable(Interval<float>, Interval<float>,
                                                const Function<float>&);
template InterpolationTable::InterpolationTable(Interval<double>, Interval<double>,
                                                const Function<double>&);

std::int16_t InterpolationTable::operator()(std::int16_t x) const {
  const int place = 256 + (x >> 7);
  const auto i = static_cast<std::size_t>(place);
  // Modulo 2^16, as the reference kernel has it where a function is too steep.
  const auto rise = static_cast<std::int16_t>(entries_[i + 1] - entries_[i]);
  return static_cast<std::int16_t>(entries_[i] + ((rise * (x & 127) + 64) >> 7));
}

InterpolationTable::Interval<float> IntervalOf(float scale) {
  return {scale * INT16_MIN, scale * INT16_MAX};
}

Int16Logistic::Int16Logistic(float scale) {
  const Fraction fraction = TowardTable(scale, 0);
  multiplier_ = fraction.value;
  shift_ = fraction.shift;
}

std::int16_t Int16Logistic::operator()(std::int16_t q) const {
  const std::int32_t x = Scaled(q, multiplier_, shift_);
  const auto magnitude = static_cast<std::uint32_t>(std::abs(x));
  const std::int32_t y = Interpolated(magnitude, 9, 0x7FFF << 10);
  constexpr std::int32_t kHalf = 1 << 9;
  const std::int32_t rounded = x >= 0 ? y + kHalf : (1 << 25) - y + kHalf - 1;
  return static_cast<std::int16_t>(rounded >> 10);
}

Int16Tanh::Int16Tanh(float scale) {
  const Fraction fraction = TowardTable(scale, 1);
  multiplier_ = fraction.value;
  shift_ = fraction.shift;
}

std::int16_t Int16Tanh::operator()(std::int16_t q) const {
  const std::int32_t x = Scaled(q, multiplier_, shift_);
  const auto magnitude = static_cast<std::uint32_t>(std::abs(x));
  const std::int32_t y = Interpolated(magnitude, 8, 0xFFFF << 8) - (1 << 23);
  constexpr std::int32_t kHalf = 1 << 7;
  return static_cast<std::int16_t>((x >= 0 ? y + kHalf : kHalf - 1 - y) >> 8);
}

// e^d for d in [-10, 0], and 1 / (1 + x) for x in [0, 1], both in [-1, 1].
Int16Softmax::Int16Softmax(float beta, float scale)
    : to_table_(QuantizeMultiplier(scale * beta / (10.0 / 65535.0), Rounding::kDouble)),
      exponential_(InterpolationTable::Interval<double>{10.0 / 65535 * -65535, 0.0},
                   {2.0 / 65535 * -32768, 2.0 / 65535 * 32767},
                   [](double x) { return std::exp(x); }),
      reciprocal_(InterpolationTable::Interval<double>{0.0, 1.0 / 65535 * 65535},
                  {2.0 / 65535 * -32768, 2.0 / 65535 * 32767},
                  [](double x) { return 1.0 / (1.0 + x); }) {}

void Int16Softmax::Run(Size rows, Size columns, const std::int16_t* in,
                       std::int16_t* out) const {
  for (Size r = 0; r < rows; ++r, in += columns, out += columns) {
    const std::int32_t largest = *std::max_element(in, in + columns);
    std::int32_t sum = 0;
    for (Size i = 0; i < columns; ++i) {
      const std::int32_t distance =
          Multiply(in[i] - largest, to_table_, Rounding::kDouble);
      out[i] = exponential_(Saturated(distance + INT16_MAX));
      sum += out[i];
    }
    const int zeros = std::countl_zero(static_cast<std::uint32_t>(sum));
    const std::int64_t shifted = ((std::int64_t{sum} << (zeros - 1)) + (1 << 13)) >> 14;
    const auto centred = static_cast<std::int32_t>(shifted - ((1 << 15) + (1 << 16)));
    const std::int64_t reciprocal = reciprocal_(Saturated(centred));
    const int shift = 31 - zeros;
    for (Size i = 0; i < columns; ++i) {
      const std::int64_t y =
          (out[i] * reciprocal + (std::int64_t{1} << (shift - 1))) >> shift;
      out[i] = static_cast<std::int16_t>(std::clamp<std::int64_t>(y, 0, INT16_MAX));
    }
  }
}

}  // namespace kinglet
