// Constants of the transcendental functions; every instruction set evaluates them in the
// same order. Found by Chebyshev interpolation; relative errors before rounding:
//   exp   e^r, |r| <= ln2 / 2:     1 + r + r^2 P(r)                            2^-26.7
//   log   m in [sqrt .5, sqrt 2):  2 s + s^3 P(s^2), s = (m - 1) / (m + 1)     2^-31.6
//   tanh  |x| < 0.625:             x + x^3 P(x^2)                              2^-27.8
//   erf   |x| < 1:                 x + x P(x^2)                                2^-29.6
//   erfc  1 <= x < 10.2:           t P(t) exp(-x^2), t = 1 / (1 + x / 2)       2^-25.3
#pragma once

#include <cstdint>

namespace kinglet {

/// Adding it to |x| < 2^22 leaves round(x) in the low mantissa bits.
inline constexpr float kRoundingMagic = 12582912.0F;
inline constexpr std::int32_t kRoundingMagicBits = 0x4B400000;

inline constexpr float kLog2E = 1.44269502F;
/// ln 2 in two parts; the first has 15 bits, so that its multiples are exact.
inline constexpr float kLn2High = 0.693145752F;
inline constexpr float kLn2Low = 1.42860677e-06F;

/// Outside, e^x is 0 or infinite in float32.
inline constexpr float kExpLowest = -104.0F;
inline constexpr float kExpHighest = 89.0F;
inline constexpr float kExpPoly[] = {0.5F, 0.166665763F, 0.0416665561F, 0.00836317893F,
                                     0.0013926184F};

/// The same in double, where the series of e^r as far as r^10 / 10! is within 2^-42: the
/// result, rounded once to a float, is the nearest one but in some of a hundred thousand.
inline constexpr double kWideRoundingMagic = 6755399441055744.0;  // |x| < 2^51
inline constexpr double kWideLog2E = 1.4426950408889634;
inline constexpr double kWideLn2 = 0.69314718055994531;
inline constexpr double kWideExpPoly[] = {
    1.0,       1.0,        1.0 / 2,     1.0 / 6,      1.0 / 24,     1.0 / 120,
    1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800};

/// The logistic function is e^x below, and 1 above, as in LiteRT's reference kernel: off
/// by 1 part in 8000 of 0.00012, and by half a unit of 1.
inline constexpr float kLogisticLow = -9.0F;
inline constexpr float kLogisticHigh = 16.619047164916992F;

inline constexpr float kSmallestNormal = 1.17549435e-38F;
inline constexpr float kTwoTo23 = 8388608.0F;
inline constexpr std::int32_t kHalfRootBits = 0x3F3504F3;  // sqrt(0.5)
inline constexpr float kLogPoly[] = {0.666666687F, 0.400001228F, 0.285507798F,
                                     0.233316138F};

inline constexpr float kTanhSmall = 0.625F;
inline constexpr float kTanhPoly[] = {-0.333333343F, 0.133333042F,    -0.0539592579F,
                                      0.0217689183F, -0.00834394526F, 0.00229274482F};

inline constexpr float kErfPoly[] = {0.12837917F,   -0.37612626F, 0.11283597F,
                                     -0.026854329F, 0.005189312F, -0.0008018855F,
                                     7.8824974e-05F};
inline constexpr float kErfcPoly[] = {0.282098055F,  0.282046974F,  0.246901348F,
                                      0.1790618F,    0.0602706186F, 0.0835674852F,
                                      -0.227164343F, 0.0937973708F};

/// The tanh form of GELU: sqrt(2 / pi), and the factor of x^3.
inline constexpr float kGeluScale = 0.797884583F;
inline constexpr float kGeluCubic = 0.044715F;
inline constexpr float kRootHalf = 0.707106769F;

/// Below, e^x - 1 is -1 in float32.
inline constexpr float kExpm1Lowest = -32.0F;

}  // namespace kinglet
