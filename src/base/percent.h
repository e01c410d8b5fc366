// Shares are fractions in the code, and in percent where people read them.
#pragma once

namespace kinglet {

inline constexpr double kPercent = 100;  ///< times a share

}  // namespace kinglet
