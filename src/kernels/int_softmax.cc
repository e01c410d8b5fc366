// The distance to the row's largest value is an integer below 256, so that exponentials
// come from a table. They are summed with 12 integer bits; the reciprocal of the sum,
// normalized to [1, 2), is a fixed-point number.
#include "kernels/int_softmax.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/fixed_point.h"

namespace kinglet {
namespace {

constexpr int kIntegerBits = 5;
constexpr int kSumIntegerBits = 12;

IntExponentials ExponentialsOf(const IntDistances& distances) {
  IntExponentials exponentials{};
  for (std::int32_t d = 0; d < 256 && d <= distances.radius(); ++d) {
    exponentials[static_cast<std::size_t>(d)] =
        ExpOfNegative(distances.Scaled(d), kIntegerBits);
  }
  return exponentials;
}

/// Of a row whose largest value is `largest`, with 12 integer bits.
std::int32_t SumOf(const IntExponentials& exponentials, std::int32_t largest,
                   Size columns, const std::int8_t* in) {
  std::int64_t sum = 0;
  for (Size i = 0; i < columns; ++i) {
    const std::int32_t exponential =
        exponentials[static_cast<std::size_t>(largest - in[i])];
    sum += RoundedShift(exponential, kSumIntegerBits);
  }
  return static_cast<std::int32_t>(std::min<std::int64_t>(sum, INT32_MAX));
}

std::int8_t Narrow(std::int32_t x) {
  return static_cast<std::int8_t>(std::clamp(x, -128, 127));
}

}  // namespace

IntDistances::IntDistances(double beta, double scale) {
  const double factor = std::min(beta * scale * (1 << (31 - kIntegerBits)), 2147483647.0);
  multiplier_ = QuantizeMultiplier(factor, Rounding::kDouble);
  multiplier_.shift = std::clamp(multiplier_.shift, 0, 31);
  const double highest = std::ldexp((1 << kIntegerBits) - 1, 31 - kIntegerBits);
  const double radius = std::floor(std::ldexp(highest, -multiplier_.shift));
  radius_ = static_cast<std::int32_t>(std::min(radius, 2147483647.0));
}

// Shifts go left only, so that single rounding would give the same.
std::int32_t IntDistances::Scaled(std::int32_t d) const {
  return Multiply(-d, multiplier_, Rounding::kDouble);
}

IntSoftmax::IntSoftmax(double beta, double scale)
    : exponentials_(ExponentialsOf(IntDistances(beta, scale))) {}

void IntSoftmax::Run(Size rows, Size columns, const std::int8_t* in,
                     std::int8_t* out) const {
  for (Size r = 0; r < rows; ++r, in += columns, out += columns) {
    const std::int32_t largest = *std::max_element(in, in + columns);
    const auto sum =
        static_cast<std::uint32_t>(SumOf(exponentials_, largest, columns, in));
    const int headroom = std::countl_zero(sum);
    const auto fraction = static_cast<std::int32_t>((sum << headroom) - (1U << 31));
    const std::int32_t reciprocal = OneOverOnePlus(fraction);
    const int shift = kSumIntegerBits - headroom + 31 - 8;
    for (Size i = 0; i < columns; ++i) {
      const std::int32_t exponential =
          exponentials_[static_cast<std::size_t>(largest - in[i])];
      out[i] =
          Narrow(RoundedShift(DoublingHighMul(reciprocal, exponential), shift) - 128);
    }
  }
}

IntLogSoftmax::IntLogSoftmax(double scale, Rounding rounding)
    : distances_(1.0, scale),
      rounding_(rounding),
      exponentials_(ExponentialsOf(distances_)) {
  const Multiplier& m = distances_.multiplier();
  const double reverse = std::ldexp(1.0, 31 - m.shift) / m.value;
  from_scaled_ = QuantizeMultiplier(reverse, rounding);
}

// Results below -16, and distances that would leave Q5.26, are the smallest result.
void IntLogSoftmax::Run(Size rows, Size columns, const std::int8_t* in,
                        std::int8_t* out) const {
  constexpr int kOutputIntegerBits = 4;
  for (Size r = 0; r < rows; ++r, in += columns, out += columns) {
    const std::int32_t largest = *std::max_element(in, in + columns);
    const std::int32_t log_sum = LogOfSum(SumOf(exponentials_, largest, columns, in));
    const std::int32_t farthest = Multiply(log_sum + INT32_MIN, from_scaled_, rounding_);
    const std::int32_t limit = std::max(-distances_.radius() - 1, farthest);
    for (Size i = 0; i < columns; ++i) {
      const std::int32_t d = in[i] - largest;
      const std::int32_t y = distances_.Scaled(-d) - log_sum;
      out[i] = d > limit
                   ? Narrow(RoundedShift(y, 31 - kIntegerBits - kOutputIntegerBits) + 127)
                   : std::int8_t{-128};
    }
  }
}

}  // namespace kinglet
