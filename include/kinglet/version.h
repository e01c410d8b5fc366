// The version of the library and the program.
#pragma once

#include <string_view>

namespace kinglet {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace kinglet
