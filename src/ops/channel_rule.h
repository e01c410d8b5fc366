// Which operations leave channels apart.
#pragma once

#include <cstdint>

#include "ops/op_def.h"

namespace kinglet {

/// What becomes of a factor above zero on a channel (an index of the last axis).
enum class ChannelRule : std::uint8_t {
  kMixes,  ///< channels meet, or the operation is not homogeneous
  kKeeps,  ///< f(k x) = k f(x) for each channel of a single operand; element i of the
           ///< result's last axis belongs to channel i modulo the operand's channels
  kAdds,   ///< the same for operands that have all the same factors
  kMultiplies,  ///< the result has the product of its operands' factors
};

ChannelRule ChannelRuleOf(const NodeView& view);

}  // namespace kinglet
