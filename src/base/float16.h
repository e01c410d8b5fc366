// IEEE 754 half precision as its 16 bits.
#pragma once

#include <cstdint>

namespace kinglet {

/// Exact.
float WidenFloat16(std::uint16_t bits);

/// To the nearest, ties to even; beyond the largest finite value, to that value (65504).
/// NaN stays one.
std::uint16_t NarrowToFloat16(float value);

}  // namespace kinglet
