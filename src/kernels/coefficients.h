// Constants of the transcendental functions; every instruction set evaluates them in the
// same order. Of those without another source, found by Chebyshev interpolation, the
// relative errors before rounding:
//   exp   e^r, |r| <= ln2 / 2:     1 + r + r^2 P(r)                            2^-26.7
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

/// As the C libraries of Linux and of microcontrollers compute it, glibc and newlib among
/// them (Arm's optimized routines): x = (32 k + i + t) ln 2 / 32, e^x = 2^k 2^(i/32)
/// P(t), in double, rounded once.
inline constexpr int kExpPartBits = 5;
inline constexpr int kExpParts = 1 << kExpPartBits;
inline constexpr double kWideRoundingMagic = 6755399441055744.0;  // |x| < 2^51
inline constexpr double kPartsPerE = 0x1.71547652b82fep+0 * kExpParts;
inline constexpr double kPartPoly[] = {
    1.0, 0x1.62e42ff0c52d6p-1 / kExpParts, 0x1.ebfce50fac4f3p-3 / kExpParts / kExpParts,
    0x1.c6af84b912394p-5 / kExpParts / kExpParts / kExpParts};
/// 2^(i/32).
inline constexpr double kPartPowers[kExpParts] = {
    1.0,
    1.0218971486541166,
    1.0442737824274138,
    1.0671404006768237,
    1.0905077326652577,
    1.1143867425958924,
    1.1387886347566916,
    1.1637248587775775,
    1.189207115002721,
    1.215247359980469,
    1.241857812073484,
    1.2690509571917332,
    1.2968395546510096,
    1.3252366431597413,
    1.3542555469368927,
    1.383909881963832,
    1.4142135623730951,
    1.4451808069770467,
    1.4768261459394993,
    1.5091644275934228,
    1.5422108254079407,
    1.5759808451078865,
    1.6104903319492543,
    1.645755478153965,
    1.681792830507429,
    1.718619298122478,
    1.7562521603732995,
    1.7947090750031072,
    1.8340080864093424,
    1.8741676341103,
    1.9152065613971474,
    1.9571441241754002,
};

/// The logistic function is e^x below, and 1 above, as in LiteRT's reference kernel: off
/// by 1 part in 8000 of 0.00012, and by half a unit of 1.
inline constexpr float kLogisticLow = -9.0F;
inline constexpr float kLogisticHigh = 16.619047164916992F;

inline constexpr float kSmallestNormal = 1.17549435e-38F;
inline constexpr float kTwoTo23 = 8388608.0F;

/// From the same source as the exponential: x = 2^k z, z in [0x3F330000 as a float, twice
/// that) in one of 16 parts, with the inverse c of a number in its middle; r = z c - 1
/// and ln x = k ln 2 - ln c + r + r^2 P(r), in double, rounded once.
inline constexpr std::int32_t kLogLowestBits = 0x3F330000;
inline constexpr int kLogParts = 16;
inline constexpr int kLogPartBits = 19;  ///< of a mantissa, below the part's number
inline constexpr double kWideLn2 = 0.69314718055994531;
inline constexpr double kPartInverses[kLogParts] = {
    0x1.661ec79f8f3bep+0, 0x1.571ed4aaf883dp+0,
    0x1.49539f0f010bp+0,  0x1.3c995b0b80385p+0,
    0x1.30d190c8864a5p+0, 0x1.25e227b0b8eap+0,
    0x1.1bb4a4a1a343fp+0, 0x1.12358f08ae5bap+0,
    0x1.0953f419900a7p+0, 0x1p+0,
    0x1.e608cfd9a47acp-1, 0x1.ca4b31f026aap-1,
    0x1.b2036576afce6p-1, 0x1.9c2d163a1aa2dp-1,
    0x1.886e6037841edp-1, 0x1.767dcf5534862p-1,
};
/// The negative logarithms of these.
inline constexpr double kPartLogs[kLogParts] = {
    -0x1.57bf7808caadep-2, -0x1.2bef0a7c06ddbp-2,
    -0x1.01eae7f513a67p-2, -0x1.b31d8a68224e9p-3,
    -0x1.6574f0ac07758p-3, -0x1.1aa2bc79c81p-3,
    -0x1.a4e76ce8c0e5ep-4, -0x1.1973c5a611cccp-4,
    -0x1.252f438e10c1ep-5, 0x0p+0,
    0x1.aa5aa5df25984p-5,  0x1.c5e53aa362eb4p-4,
    0x1.526e57720db08p-3,  0x1.bc2860d224770p-3,
    0x1.1058bc8a07ee1p-2,  0x1.4043057b6ee09p-2,
};
inline constexpr double kWideLogPoly[] = {-0x1.ffffef20a4123p-2, 0x1.5575b0be00b6ap-2,
                                          -0x1.00ea348b88334p-2};

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
