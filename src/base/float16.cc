// Sign, 5 bits of exponent (bias 15), 10 bits of fraction. Below 2^-14 the fraction
// counts steps of 2^-24.
#include "base/float16.h"

#include <bit>
#include <cmath>

namespace kinglet {

float WidenFloat16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0) {
    const float value = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -value : value;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | (wide << 23U) | (fraction << 13U));
}

std::uint16_t NarrowToFloat16(float value) {
  constexpr std::uint16_t kNan = 0x7E00;
  constexpr std::uint16_t kLargest = 0x7BFF;
  const auto sign =
      static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) >> 16U) & 0x8000U);
  const auto with_sign = [sign](std::uint32_t bits) {
    return static_cast<std::uint16_t>(bits | sign);
  };
  if (std::isnan(value)) return with_sign(kNan);
  const float magnitude = std::abs(value);
  if (magnitude >= WidenFloat16(kLargest)) return with_sign(kLargest);
  if (magnitude < 0x1p-14F) {
    // Adding 0.5 leaves steps of 2^-24 at the end of the float's fraction, rounded.
    return with_sign(std::bit_cast<std::uint32_t>(magnitude + 0.5F) & 0x7FFU);
  }
  const auto bits = std::bit_cast<std::uint32_t>(magnitude);
  const std::uint32_t odd = (bits >> 13U) & 1U;
  const std::uint32_t rounded = bits + 0xFFFU + odd;
  return with_sign((rounded >> 13U) - (112U << 10U));
}

}  // namespace kinglet
