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

}  // namespace

IntSoftmax::IntSoftmax(double beta, double scale) {
  const double factor = std::min(beta * scale * (1 << (31 - kIntegerBits)), 2147483647.0);
  const Multiplier multiplier = QuantizeMultiplier(factor, Rounding::kDouble);
  const int left = std::clamp(multiplier.shift, 0, 31);
  const double highest = ((1 << kIntegerBits) - 1) * std::ldexp(1.0, 31 - kIntegerBits);
  const double radius = std::floor(std::ldexp(highest, -left));
  for (int d = 0; d < std::ssize(exponentials_) && d <= radius; ++d) {
    const std::int32_t x = DoublingHighMul(WrappingShift(-d, left), multiplier.value);
    exponentials_[static_cast<std::size_t>(d)] = ExpOfNegative(x, kIntegerBits);
  }
}

void IntSoftmax::Run(Size rows, Size columns, const std::int8_t* in,
                     std::int8_t* out) const {
  for (Size r = 0; r < rows; ++r, in += columns, out += columns) {
    const std::int32_t largest = *std::max_element(in, in + columns);
    const auto exponential = [&](std::int8_t q) {
      return exponentials_[static_cast<std::size_t>(largest - q)];
    };
    std::int64_t wide_sum = 0;
    for (Size i = 0; i < columns; ++i) {
      wide_sum += RoundedShift(exponential(in[i]), kSumIntegerBits);
    }
    const auto sum =
        static_cast<std::uint32_t>(std::min<std::int64_t>(wide_sum, INT32_MAX));
    const int headroom = std::countl_zero(sum);
    const auto fraction = static_cast<std::int32_t>((sum << headroom) - (1U << 31));
    const std::int32_t reciprocal = OneOverOnePlus(fraction);
    const int shift = kSumIntegerBits - headroom + 31 - 8;
    for (Size i = 0; i < columns; ++i) {
      const std::int32_t product = DoublingHighMul(reciprocal, exponential(in[i]));
      const std::int32_t y = RoundedShift(product, shift) - 128;
      out[i] = static_cast<std::int8_t>(std::clamp(y, -128, 127));
    }
  }
}

}  // namespace kinglet
