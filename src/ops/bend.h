// Which functions bend, and what they make of the two sides of zero.
#pragma once

#include <cstdint>

#include "ir/op.h"

namespace kinglet {

enum class Bend : std::uint8_t {
  kNone,   ///< no function of a single operand, or one without a bend at zero
  kClamp,  ///< the operation, or what it applies to its result, makes zero of all below
  kCurve,  ///< the function of the operand varies on both sides of zero
};

Bend BendOf(const Op& op);

}  // namespace kinglet
