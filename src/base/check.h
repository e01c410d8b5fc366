// Check: for our own mistakes, never for bad input.
#pragma once

#include <string_view>

namespace kinglet {

/// Prints `what` with file and line to stderr and aborts.
[[noreturn]] void CheckFailed(std::string_view what, const char* file, int line);

/// Aborts unless `condition` holds. Unreachable from any input.
inline void Check(bool condition, std::string_view what,
                  const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!condition) CheckFailed(what, file, line);
}

}  // namespace kinglet
